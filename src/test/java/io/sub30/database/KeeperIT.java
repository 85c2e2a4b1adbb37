package io.sub30.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.sub30.bus.Faults;
import io.sub30.config.RetentionConfig;
import io.sub30.config.RetentionConfig.Kept;
import io.sub30.database.BatchWriter.Write;
import io.sub30.database.BatchWriter.Written;
import io.sub30.database.columnar.Columnar;
import io.sub30.database.columnar.ColumnarOptions;
import io.sub30.database.postgres.Cells;
import io.sub30.database.postgres.Intake;
import io.sub30.database.postgres.Pools;
import io.sub30.database.postgres.PostgresUri;
import io.sub30.database.postgres.Retention;
import io.sub30.database.postgres.Retention.Relayed;
import io.sub30.database.postgres.Role;
import io.sub30.database.postgres.Schema;
import io.sub30.node.TestServers;
import io.sub30.v1.CheckpointRequest;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.StoreRequest;
import io.sub30.v1.TickColumns;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of retention over a real PostgreSQL and DuckDB, under a clock that the test sets. */
class KeeperIT {

  private static final long DAY = 86_400_000;
  private static final Kept FOR_EVER = new Kept(Duration.ZERO, Map.of());

  @TempDir private static Path folder;
  private static TestServers.Server server;
  private static PostgresUri uri;
  private static Vertx vertx;
  private static Pools pools;
  private static Columnar columnar;
  private static long now;

  @BeforeAll
  static void start() throws Exception {
    server = TestServers.postgres(folder.resolve("pg"), 0);
    uri = new PostgresUri(server.uri());
    Schema.migrate(uri);
    vertx = Vertx.vertx();
    pools = new Pools(vertx, uri, 1);
    columnar =
        await(
            Columnar.start(
                vertx,
                uri.connectOptions(Role.RELAY),
                ColumnarOptions.of(folder.resolve("ticks.duckdb")),
                Faults.off()));
    now = System.currentTimeMillis();
  }

  @AfterAll
  static void stop() throws Exception {
    await(columnar.close());
    await(pools.close());
    await(vertx.close());
    server.close();
  }

  @Test
  void run_tenantsWithTimesOfTheirOwn_takesWhatHasExpiredOfEachStore() throws Exception {
    fill("short", 10);
    fill("long", 10);
    fill("never", 10);
    await(columnar.caughtUp());
    Kept intake =
        new Kept(Duration.ZERO, Map.of("short", Duration.ofDays(5), "long", Duration.ofDays(8)));
    Kept copy = new Kept(Duration.ZERO, Map.of("short", Duration.ofDays(8)));
    KeeperCounts counts = new KeeperCounts();
    KeeperRun run = run(new RetentionConfig(intake, copy), counts);

    assertThat(run.run(now, relayed(), columnar::expire).whole()).isTrue();

    // The i-th batch is 10 - i days and a half old; the checkpoints are at the eighth.
    assertThat(rows("short")).isEqualTo("5 5 5");
    assertThat(rows("long")).isEqualTo("8 8 8");
    assertThat(rows("never")).isEqualTo("10 10 10");
    assertThat(await(columnar.countBatches("short", "desk"))).isEqualTo(8);
    assertThat(await(columnar.countBatches("long", "desk"))).isEqualTo(10);
    assertThat(counts.batches.sum()).isEqualTo(7);
    assertThat(counts.keys.sum()).isEqualTo(7);
    assertThat(counts.columnarTicks.sum()).isEqualTo(2);
    assertThat(await(columnar.duplicates())).isZero();

    run.run(now, relayed(), columnar::expire);
    assertThat(counts.batches.sum()).isEqualTo(7);
    // The clock goes on: what is beyond a checkpoint stays, whatever its age.
    KeeperRun.Outcome later = run.run(now + 365 * DAY, relayed(), columnar::expire);
    assertThat(later.detail()).startsWith("last run ");
    assertThat(rows("short")).isEqualTo("2 2 0");
    assertThat(rows("long")).isEqualTo("2 2 0");
    assertThat(rows("never")).isEqualTo("10 10 10");
    assertThat(await(columnar.countBatches("short", "desk"))).isZero();
    assertThat(await(columnar.countBatches("never", "desk"))).isEqualTo(10);
  }

  @Test
  void run_statementFromBeforeTheMarks_keysStayUntilItHasEnded() throws Exception {
    fill("held-up", 10);
    await(columnar.caughtUp());
    KeeperCounts counts = new KeeperCounts();
    Kept intake = new Kept(Duration.ZERO, Map.of("held-up", Duration.ofDays(5)));
    KeeperRun run = run(new RetentionConfig(intake, FOR_EVER), counts);
    try (Connection old = connect();
        Statement statement = old.createStatement()) {
      old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      old.setAutoCommit(false);
      statement.execute("select count(*) from cells");

      assertThat(run.run(now, relayed(), columnar::expire).whole()).isFalse();

      assertThat(rows("held-up")).isEqualTo("5 10 5");
      old.rollback();
    }
    assertThat(run.run(now, relayed(), columnar::expire).whole()).isTrue();
    assertThat(rows("held-up")).isEqualTo("5 5 5");
  }

  @Test
  void run_anotherProcessKeeps_leavesTheIntakeToIt() throws Exception {
    fill("shared", 10);
    await(columnar.caughtUp());
    Kept intake = new Kept(Duration.ZERO, Map.of("shared", Duration.ofDays(5)));
    KeeperRun run = run(new RetentionConfig(intake, intake), new KeeperCounts());
    try (Retention other = Retention.open(uri)) {
      assertThat(other.isAlone()).isTrue();

      assertThat(run.run(now, relayed(), columnar::expire).detail()).contains("another process");

      assertThat(rows("shared")).isEqualTo("10 10 10");
      assertThat(await(columnar.countBatches("shared", "desk"))).as("its own file").isEqualTo(5);
    }
  }

  private static KeeperRun run(RetentionConfig config, KeeperCounts counts) {
    return new KeeperRun(config, uri, false, counts, () -> false);
  }

  private static Relayed relayed() throws Exception {
    return await(columnar.relayedUpTo().map(upTo -> new Relayed(upTo.xid(), upTo.id())));
  }

  /** One a day until half a day ago, with a tick and a signal each. */
  private static void fill(String tenant, int batches) throws Exception {
    Cells cells = new Cells(pools.reads());
    long epoch = await(cells.take(tenant)).getEpoch();
    for (int i = 1; i <= batches; i++) {
      long receivedMsc = now - (batches - i) * DAY - DAY / 2;
      StoreRequest request =
          StoreRequest.newBuilder()
              .setTerminal("desk")
              .setSequence(i)
              .setOrdinal(i)
              .setEpoch(epoch)
              .setReceivedMsc(receivedMsc)
              .setContentHash(ByteString.copyFromUtf8("hash"))
              .setTicks(tick(receivedMsc))
              .setOutcome(
                  TickResult.newBuilder()
                      .setAccepted(1)
                      .addSignals(Signal.newBuilder().setId("s" + i).setSide(Side.BUY)))
              .build();
      assertThat(await(new Intake(pools::commits).write(List.of(new Write(tenant, request)))))
          .containsExactly(Written.STORED);
    }
    await(cells.save(tenant, CheckpointRequest.newBuilder().setOrdinal(8).build()));
  }

  private static TickColumns tick(long timeMsc) {
    return TickColumns.newBuilder()
        .addSymbols("EURUSD")
        .addBrokerSymbols("EURUSD.m")
        .addSymbol(0)
        .addIndex(0)
        .addTimeMsc(timeMsc)
        .addBid(1.1)
        .addAsk(1.2)
        .addLast(0)
        .addVolume(0)
        .addFlags(6)
        .addQuality(0)
        .build();
  }

  private static Connection connect() throws Exception {
    String[] login = server.uri().getUserInfo().split(":", 2);
    return DriverManager.getConnection("jdbc:postgresql://" + uri, login[0], login[1]);
  }

  /** Batches, keys and signals. */
  private static String rows(String tenant) throws Exception {
    String of = " where tenant = '" + tenant + "')";
    String sql =
        "select (select count(*) from tick_batches"
            + of
            + " || ' ' || (select count(*) from batch_keys"
            + of
            + " || ' ' || (select count(*) from signals"
            + of;
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
