package io.sub30.database.columnar;

import io.sub30.budget.NanoClock;
import io.sub30.bus.Faults;
import io.sub30.node.TestServers;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.concurrent.TimeUnit;

/**
 * How fast a backlog is relayed from a real PostgreSQL to a columnar store. Run by {@code
 * io.sub30.bench.RelayBenchmark}.
 */
public final class RelayRate {

  private RelayRate() {}

  /**
   * Relays a backlog of batches, once.
   *
   * @param folder empty; holds both stores
   * @param clickHouse whether to start a ClickHouse there and relay to it, rather than to DuckDB
   * @return ticks a second, from the start of the relay until all of them are in the store
   */
  public static double ticksPerSecond(
      Path folder, int batches, int ticksPerBatch, boolean clickHouse) throws Exception {
    ColumnarOptions options = ColumnarOptions.of(folder.resolve("ticks.duckdb"));
    if (!clickHouse) {
      return ticksPerSecond(folder, batches, ticksPerBatch, options);
    }
    Path apart = Files.createDirectories(folder).toAbsolutePath().resolve("clickhouse");
    try (ClickHouseServer server = ClickHouseServer.start(apart)) {
      return ticksPerSecond(folder, batches, ticksPerBatch, options.in(server.uri("relayed")));
    }
  }

  private static double ticksPerSecond(
      Path folder, int batches, int ticksPerBatch, ColumnarOptions options) throws Exception {
    Vertx vertx = Vertx.vertx();
    try (TestServers.Server server = TestServers.postgres(Files.createDirectories(folder), 0)) {
      Intake intake = new Intake(server.uri()).fresh();
      try (Connection connection = intake.connect()) {
        connection.setAutoCommit(false);
        Intake.insert(connection, "t1", 1, batches, ticksPerBatch);
        connection.commit();
      }
      long began = NanoClock.SYSTEM.nanoTime();
      Columnar columnar =
          Columnar.start(vertx, intake.options(), options, Faults.off()).await(1, TimeUnit.MINUTES);
      columnar.caughtUp().await(5, TimeUnit.MINUTES);
      double seconds = (NanoClock.SYSTEM.nanoTime() - began) / 1e9;
      long stored = columnar.countTicks("acme", "t1").await(1, TimeUnit.MINUTES);
      if (stored != (long) batches * ticksPerBatch) {
        throw new IllegalStateException(stored + " ticks stored");
      }
      columnar.close().await(1, TimeUnit.MINUTES);
      return stored / seconds;
    } finally {
      vertx.close().await(1, TimeUnit.MINUTES);
    }
  }
}
