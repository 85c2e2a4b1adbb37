package io.sub30.database.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.sub30.config.RetentionConfig.Kept;
import io.sub30.database.BatchWriter.Write;
import io.sub30.database.BatchWriter.Written;
import io.sub30.database.postgres.Retention.Relayed;
import io.sub30.database.postgres.Retention.Step;
import io.sub30.node.TestServers;
import io.sub30.v1.CellHistory;
import io.sub30.v1.CheckpointRequest;
import io.sub30.v1.LookupRequest;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.StoreReply;
import io.sub30.v1.StoreRequest;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What retention removes and, above all, what it leaves. */
final class RetentionIT {

  private static final long DAY = 86_400_000;
  private static final Relayed EVERYTHING = new Relayed("18446744073709551615", Long.MAX_VALUE);

  @TempDir static Path data;
  private static TestServers.Server server;
  private static PostgresUri uri;
  private static Vertx vertx;
  private static Pools pools;
  private static Retention retention;
  private static long now;
  private static int tenants;

  private final String tenant = "t-" + ++tenants;

  @BeforeAll
  static void start() throws Exception {
    server = TestServers.postgres(data, 0);
    uri = new PostgresUri(server.uri());
    Schema.migrate(uri);
    vertx = Vertx.vertx();
    pools = new Pools(vertx, uri, 1);
    retention = Retention.open(uri);
    now = System.currentTimeMillis();
  }

  @AfterAll
  static void stop() throws Exception {
    retention.close();
    await(pools.close());
    await(vertx.close());
    server.close();
  }

  @Test
  void step_expired_takesBatchesAndSignalsThenKeysAndRaisesTheMarks() throws Exception {
    long epoch = fill(tenant, 10, now - 10 * DAY, DAY);
    fill("other-1", 10, now - 10 * DAY, DAY);
    checkpoint(tenant, 8);
    checkpoint("other-1", 8);

    Step step = retention.step(tenant, now - 5 * DAY - DAY / 2, EVERYTHING);

    assertThat(step).isEqualTo(new Step(5, 5));
    assertThat(retention.step(tenant, now - 5 * DAY - DAY / 2, EVERYTHING).removedAny()).isFalse();
    assertThat(rows(tenant)).as("keys go later").isEqualTo("5 10 5");
    assertThat(lookup(tenant, 5)).isEqualTo(StoreReply.Outcome.EXPIRED);
    assertThat(retention.stepKeys(tenant)).isEqualTo(5);
    assertThat(retention.stepKeys(tenant)).isZero();
    assertThat(retention.stepKeys("other-1")).isZero();
    assertThat(rows(tenant)).isEqualTo("5 5 5");
    assertThat(rows("other-1")).isEqualTo("10 10 10");
    assertThat(text("select terminal || sequence from retained_marks where tenant = '" + tenant))
        .isEqualTo("desk5");
    assertThat(lookup(tenant, 5)).isEqualTo(StoreReply.Outcome.EXPIRED);
    assertThat(lookup(tenant, 6)).isEqualTo(StoreReply.Outcome.DUPLICATE);
    assertThat(lookup("other-1", 5)).isEqualTo(StoreReply.Outcome.DUPLICATE);
    // Whoever has forgotten the terminal sends it as a new one.
    assertThat(store(tenant, 5, 11, epoch, now)).isEqualTo(Written.KEY_TAKEN);
    assertThat(store(tenant, 11, 11, epoch, now)).isEqualTo(Written.STORED);
  }

  @Test
  void step_beyondTheCheckpoint_leavesWhatTheCellIsRestoredFrom() throws Exception {
    fill(tenant, 6, now - 10 * DAY, 1);
    assertThat(retention.step(tenant, now, EVERYTHING).batches()).as("no checkpoint").isZero();
    checkpoint(tenant, 4);

    assertThat(retention.step(tenant, now, EVERYTHING).batches()).isEqualTo(4);
    assertThat(retention.step(tenant, now, EVERYTHING).batches()).isZero();

    CellHistory history = await(new Cells(pools.reads()).take(tenant));
    assertThat(history.getCheckpointOrdinal()).isEqualTo(4);
    assertThat(history.getBatchesList().stream().map(StoredBatch::getOrdinal))
        .containsExactly(5L, 6L);
  }

  @Test
  void step_notRelayed_leavesIt() throws Exception {
    fill(tenant, 6, now - 10 * DAY, 1);
    checkpoint(tenant, 6);
    String position = " from tick_batches where ordinal = 3 and tenant = '" + tenant;
    Relayed third =
        new Relayed(text("select xid::text" + position), number("select id" + position));

    assertThat(retention.step(tenant, now, new Relayed("0", 0)).batches()).isZero();
    assertThat(retention.step(tenant, now, third).batches()).isEqualTo(3);
    assertThat(retention.step(tenant, now, third).batches()).isZero();
    assertThat(lookup(tenant, 3)).isEqualTo(StoreReply.Outcome.EXPIRED);
    assertThat(lookup(tenant, 4)).isEqualTo(StoreReply.Outcome.DUPLICATE);
  }

  @Test
  void step_manyRows_isBounded() throws Exception {
    fill(tenant, 1, now - 10 * DAY, 1);
    execute(
        "insert into batch_keys select '"
            + tenant
            + "', 'desk', s, 'hash', s from"
            + " generate_series(2, 2500) s",
        "insert into tick_batches (tenant, terminal, sequence, ordinal, received_msc, tick_count,"
            + " ticks, inputs, outcome) select '"
            + tenant
            + "', 'desk', s, s, "
            + (now - 10 * DAY)
            + ", 0, '', '', '' from generate_series(2, 2500) s");
    checkpoint(tenant, 2_400);

    assertThat(retention.step(tenant, now, EVERYTHING)).isEqualTo(new Step(1_000, 1));
    assertThat(retention.step(tenant, now, EVERYTHING).batches()).isEqualTo(1_000);
    assertThat(retention.step(tenant, now, EVERYTHING).batches()).isEqualTo(400);
    assertThat(rows(tenant)).isEqualTo("100 2500 0");
    assertThat(retention.stepKeys(tenant)).isEqualTo(1_000);
    assertThat(retention.stepKeys(tenant)).isEqualTo(1_000);
    assertThat(retention.stepKeys(tenant)).isEqualTo(400);
    assertThat(rows(tenant)).isEqualTo("100 100 0");
  }

  @Test
  void tenantsAfter_name_goesOnBehindIt() throws Exception {
    fill("a-1", 1, now, 1);
    fill("a-2", 1, now, 1);
    assertThat(retention.tenantsAfter("")).startsWith("a-1", "a-2");
    assertThat(retention.tenantsAfter("a-1")).startsWith("a-2");
    assertThat(retention.tenantsAfter("~")).isEmpty();
  }

  @Test
  void marksAreSeen_statementFromBefore_isWaitedFor() throws Exception {
    String before = retention.now();
    assertThat(retention.marksAreSeen(before)).isTrue();
    try (Connection other = connect();
        Statement statement = other.createStatement()) {
      other.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      other.setAutoCommit(false);
      statement.execute("select count(*) from cells");
      assertThat(retention.marksAreSeen(before)).as("began later").isTrue();
      assertThat(retention.marksAreSeen(retention.now())).isFalse();
      other.rollback();
    }
    assertThat(retention.marksAreSeen(retention.now())).isTrue();
    assertThat(retention.tenantsAfter("~")).as("the keeper again").isEmpty();
  }

  @Test
  void isAlone_secondKeeper_isNotUntilTheFirstIsClosed() throws Exception {
    try (Retention first = Retention.open(uri);
        Retention second = Retention.open(uri)) {
      assertThat(first.isAlone()).isTrue();
      assertThat(second.isAlone()).isFalse();
    }
    try (Retention third = Retention.open(uri)) {
      assertThat(third.isAlone()).isTrue();
    }
  }

  /** The weeks are of the future, and the clock is set to when they are past. */
  @Test
  void dropWeeks_expiredOfEverybody_goesWholeAndLeavesMarks() throws Exception {
    long week = number("select week_start(epoch_msc()) + 14 * 86400000::bigint where '' = '");
    long clock = week + 40 * DAY;
    String other = tenant + "-b";
    fill(tenant, 5, week + DAY, 1_000);
    fill(other, 3, week + 2 * DAY, 1_000);
    checkpoint(tenant, 5);
    checkpoint(other, 2);

    assertThat(drop(days(60), clock, EVERYTHING)).as("not expired").isZero();
    assertThat(drop(days(7), clock, new Relayed("0", 0))).as("not relayed").isZero();
    assertThat(drop(days(7), clock, EVERYTHING)).as("ahead of a checkpoint").isZero();
    checkpoint(other, 3);
    assertThat(drop(new Kept(Duration.ofDays(7), Map.of(other, Duration.ZERO)), clock, EVERYTHING))
        .as("one tenant's for ever")
        .isZero();
    try (Connection commit = connect();
        Statement statement = commit.createStatement()) {
      commit.setAutoCommit(false);
      statement.execute("lock table tick_batches in row exclusive mode");
      assertThat(drop(days(7), clock, EVERYTHING)).as("a commit is under way").isZero();
      commit.rollback();
    }
    assertThat(retention.dropWeeks(days(7), clock, EVERYTHING, () -> false).weeks()).isZero();
    assertThat(rows(tenant)).isEqualTo("5 5 5");

    assertThat(drop(days(7), clock, EVERYTHING)).isEqualTo(8);

    assertThat(text("select count(*) from pg_class where relname = '" + name(week))).isEqualTo("0");
    assertThat(rows(tenant)).isEqualTo("0 5 5");
    assertThat(lookup(tenant, 5)).isEqualTo(StoreReply.Outcome.EXPIRED);
    assertThat(lookup(other, 3)).isEqualTo(StoreReply.Outcome.EXPIRED);
    assertThat(lookup(other, 4)).isEqualTo(StoreReply.Outcome.ABSENT);
    assertThat(retention.stepKeys(tenant)).isEqualTo(5);
  }

  private static long drop(Kept kept, long clockMsc, Relayed relayed) throws SQLException {
    return retention.dropWeeks(kept, clockMsc, relayed, () -> true).batches();
  }

  private static Kept days(int days) {
    return new Kept(Duration.ofDays(days), Map.of());
  }

  private static String name(long week) {
    return "tick_batches_"
        + DateTimeFormatter.BASIC_ISO_DATE.format(
            Instant.ofEpochMilli(week).atOffset(ZoneOffset.UTC).toLocalDate());
  }

  private static long fill(String tenant, int batches, long fromMsc, long stepMillis)
      throws Exception {
    long epoch = await(new Cells(pools.reads()).take(tenant)).getEpoch();
    for (int i = 1; i <= batches; i++) {
      assertThat(store(tenant, i, i, epoch, fromMsc + (i - 1) * stepMillis))
          .isEqualTo(Written.STORED);
    }
    return epoch;
  }

  private static void checkpoint(String tenant, long ordinal) throws Exception {
    await(
        new Cells(pools.reads())
            .save(tenant, CheckpointRequest.newBuilder().setOrdinal(ordinal).build()));
  }

  private static Written store(
      String tenant, long sequence, long ordinal, long epoch, long receivedMsc) throws Exception {
    StoreRequest request =
        StoreRequest.newBuilder()
            .setTerminal("desk")
            .setSequence(sequence)
            .setOrdinal(ordinal)
            .setEpoch(epoch)
            .setReceivedMsc(receivedMsc)
            .setContentHash(ByteString.copyFromUtf8("hash"))
            .setOutcome(
                TickResult.newBuilder()
                    .addSignals(Signal.newBuilder().setId("s" + sequence).setSide(Side.BUY)))
            .build();
    return await(new Intake(pools::commits).write(List.of(new Write(tenant, request)))).get(0);
  }

  private static StoreReply.Outcome lookup(String tenant, long sequence) throws Exception {
    LookupRequest request =
        LookupRequest.newBuilder()
            .setTerminal("desk")
            .setSequence(sequence)
            .setContentHash(ByteString.copyFromUtf8("hash"))
            .build();
    return await(new Cells(pools.reads()).lookup(tenant, request)).getOutcome();
  }

  /** Batches, keys and signals. */
  private static String rows(String tenant) throws SQLException {
    String of = " where tenant = '" + tenant + "'";
    return text(
        "select (select count(*) from tick_batches"
            + of
            + ") || ' ' || (select count(*) from"
            + " batch_keys"
            + of
            + ") || ' ' || (select count(*) from signals"
            + of
            + ") where '' = '");
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(uri.jdbcUrl(), uri.user(), uri.password());
  }

  private static void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static long number(String sql) throws SQLException {
    return Long.parseLong(text(sql));
  }

  /** The only value of a query whose last literal is still open. */
  private static String text(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql + "'")) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
