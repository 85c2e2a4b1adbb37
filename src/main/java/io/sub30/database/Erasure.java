package io.sub30.database;

import io.sub30.config.ConfigException;
import io.sub30.config.DatabaseConfig;
import io.sub30.database.cache.TenantKeys;
import io.sub30.database.columnar.ClickHouseUri;
import io.sub30.database.columnar.ColumnarErasure;
import io.sub30.database.columnar.ColumnarException;
import io.sub30.database.columnar.TenantRows;
import io.sub30.database.postgres.PostgresUri;
import io.sub30.database.postgres.Schema;
import io.sub30.database.postgres.TenantErasure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

/**
 * Removes a tenant from all stores, while no server works on them. The system of record goes first:
 * what is no longer in the intake is not relayed again. Can be repeated after an interruption.
 * Blocking; for the main thread.
 */
public final class Erasure implements AutoCloseable {

  private final TenantErasure postgres;
  private final ColumnarErasure columnar;
  private final Vertx vertx;
  private final TenantKeys redis;
  private final String columnarName;

  /**
   * One kind of row in one store.
   *
   * @param rows that are there, or were
   */
  public record Line(String store, String kind, long rows) {}

  private Erasure(
      TenantErasure postgres, ColumnarErasure columnar, URI redis, String columnarName) {
    this.postgres = postgres;
    this.columnar = columnar;
    this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
    this.redis = new TenantKeys(vertx, redis);
    this.columnarName = columnarName;
  }

  /**
   * Opens the stores; the schema is brought up to date.
   *
   * @param columnarFile of DuckDB, when no ClickHouse is configured
   * @throws ConfigException when a store cannot be used, or a server works on it
   */
  public static Erasure open(
      URI postgres, URI redis, Path columnarFile, DatabaseConfig.Columnar bounds) {
    PostgresUri server = new PostgresUri(postgres);
    Schema.migrate(server);
    TenantErasure record = TenantErasure.open(server);
    try {
      ColumnarErasure columnar =
          ColumnarErasure.open(
              columnarFile,
              bounds.memoryLimitBytes(),
              bounds.clickHouse().map(ClickHouseUri::new).orElse(null));
      String name = bounds.clickHouse().isPresent() ? "clickhouse" : "duckdb";
      return new Erasure(record, columnar, redis, name);
    } catch (ColumnarException e) {
      record.close();
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  /** What is there of a tenant. */
  public List<Line> held(String tenant) {
    return lines(postgres.held(tenant), columnar.held(tenant), await(redis.count(tenant)));
  }

  /** Removes a tenant, and says what was removed. */
  public List<Line> erase(String tenant) {
    Map<String, Long> rows = postgres.erase(tenant);
    TenantRows copied = columnar.erase(tenant);
    return lines(rows, copied, await(redis.erase(tenant)));
  }

  private List<Line> lines(Map<String, Long> tables, TenantRows copied, long keys) {
    List<Line> lines = new ArrayList<>();
    tables.forEach((table, rows) -> lines.add(new Line("postgresql", table, rows)));
    lines.add(new Line(columnarName, "ticks", copied.ticks()));
    lines.add(new Line(columnarName, "bars", copied.bars()));
    lines.add(new Line(columnarName, "batches", copied.batches()));
    lines.add(new Line(columnarName, "set aside", copied.setAside()));
    lines.add(new Line("redis", "keys", keys));
    return lines;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new ConfigException("redis.uri: the server does not do it: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    await(redis.close().eventually(vertx::close));
    columnar.close();
    postgres.close();
  }
}
