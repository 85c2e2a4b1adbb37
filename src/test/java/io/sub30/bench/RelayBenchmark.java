package io.sub30.bench;

import io.sub30.database.columnar.RelayRate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Prints the rate at which the relay moves a backlog from PostgreSQL to DuckDB, or to ClickHouse
 * when {@code clickhouse} is an argument; real servers on this machine: {@code mvn -q test-compile}
 * and then this class's main on the test class path.
 */
public final class RelayBenchmark {

  private static final int TICKS = 2_000_000;

  private RelayBenchmark() {}

  /** Relays two million ticks, by batches of 20 and of 200. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory(Path.of("target"), "relay-benchmark");
    boolean clickHouse = arguments.length > 0 && arguments[0].equals("clickhouse");
    for (int ticksPerBatch : new int[] {20, 200, 20}) {
      double rate =
          RelayRate.ticksPerSecond(
              Files.createTempDirectory(folder, "run"),
              TICKS / ticksPerBatch,
              ticksPerBatch,
              clickHouse);
      System.out.printf(Locale.ROOT, "%d ticks a batch: %,.0f ticks/s%n", ticksPerBatch, rate);
    }
  }
}
