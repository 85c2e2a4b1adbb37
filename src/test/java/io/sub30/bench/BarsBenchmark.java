package io.sub30.bench;

import io.sub30.database.columnar.BarsRate;
import io.sub30.database.columnar.ClickHouseServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Prints how long a day's M1 bars of one symbol take among ten million ticks: from DuckDB, and from
 * ClickHouse when {@code clickhouse} is an argument and the server is installed: right after they
 * were written, and when the server has merged them. {@code mvn -q test-compile} and then this
 * class's main on the test class path.
 */
public final class BarsBenchmark {

  private BarsBenchmark() {}

  /** Fills the stores, then asks each 500 times. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory(Path.of("target"), "bars-benchmark").toAbsolutePath();
    try (BarsRate duckDb = BarsRate.duckDb(folder.resolve("ticks.duckdb"))) {
      fill("DuckDB", duckDb);
      report("DuckDB", duckDb);
    }
    if (arguments.length > 0 && arguments[0].equals("clickhouse")) {
      try (ClickHouseServer server = ClickHouseServer.start(folder.resolve("clickhouse"));
          BarsRate clickHouse = BarsRate.clickHouse(server)) {
        fill("ClickHouse", clickHouse);
        report("ClickHouse, still merging", clickHouse);
        server.awaitMerged();
        report("ClickHouse", clickHouse);
      }
    }
  }

  private static void fill(String store, BarsRate rate) {
    System.out.printf(Locale.ROOT, "%s: %,.0f ticks/s appended%n", store, rate.fill());
  }

  private static void report(String store, BarsRate rate) {
    BarsRate.Taken taken = rate.bars();
    System.out.printf(
        Locale.ROOT,
        "%s: %d bars, median %.1f ms, p99 %.1f ms%n",
        store,
        taken.bars(),
        taken.medianMillis(),
        taken.p99Millis());
  }
}
