package io.sub30.database.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sub30.bus.Faults;
import io.sub30.config.RetentionConfig.Kept;
import io.sub30.node.TestServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RelayIT {

  @TempDir static Path data;
  private static TestServers.Server server;
  private static Vertx vertx;

  @TempDir Path folder;
  private Intake intake;
  private Connection connection;
  private ColumnarOptions options;

  @BeforeAll
  static void startServer() {
    server = TestServers.postgres(data, 0);
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stopServer() {
    vertx.close().await();
    server.close();
  }

  @BeforeEach
  void freshIntake() throws Exception {
    intake = new Intake(server.uri()).fresh();
    connection = intake.connect();
    options = ColumnarOptions.of(folder.resolve("ticks.duckdb")).withPages(10, 100_000);
  }

  @AfterEach
  void disconnect() throws Exception {
    connection.close();
  }

  @Test
  void relay_manyPages_storesEachBatchOnce() throws Exception {
    Intake.insert(connection, "t1", 1, 57, 3);
    Columnar columnar = start();

    settled(columnar.caughtUp());

    assertOnce(columnar, 57, 3);
    assertThat(columnar.status().batches()).isEqualTo(57);
    assertThat(columnar.status().ticks()).isEqualTo(171);
    assertThat(columnar.status().healthy()).isTrue();
    Intake.insert(connection, "t1", 58, 60, 3);
    settled(columnar.caughtUp());
    assertOnce(columnar, 60, 3);
    settled(columnar.close());
  }

  // The open transaction took the lower xid and the lower id. A reader of `id > last` would pass
  // over its row while it is open and never come back.
  @Test
  void relay_lowerRowCommitsLate_isNotLost() throws Exception {
    try (Connection slow = intake.connect()) {
      slow.setAutoCommit(false);
      Intake.insert(slow, "t1", 1, 1, 3);
      Intake.insert(connection, "t1", 2, 5, 3);
      Columnar columnar = start();
      await().until(() -> columnar.status().rowsBehind() == 4);
      Future<Void> caughtUp = columnar.caughtUp();
      assertThat(caughtUp.isComplete()).isFalse();
      assertThat(columnar.status().batches()).isZero();

      slow.commit();
      settled(caughtUp);

      assertOnce(columnar, 5, 3);
      settled(columnar.close());
    }
  }

  // The late row has the higher id but the lower xid: its transaction began first.
  @Test
  void relay_lowerTransactionInsertsLast_isNotLost() throws Exception {
    Columnar columnar = start();
    try (Connection slow = intake.connect()) {
      slow.setAutoCommit(false);
      Intake.insert(slow, "t1", 1, 1, 3);
      Intake.insert(connection, "t1", 2, 30, 3);
      Intake.insert(slow, "t1", 31, 40, 3);
      slow.commit();
      Intake.insert(connection, "t1", 41, 41, 3);
    }
    settled(columnar.caughtUp());

    assertOnce(columnar, 41, 3);
    settled(columnar.close());
  }

  @Test
  void relay_restartedInTheMiddle_goesOnWhereItWas() throws Exception {
    Intake.insert(connection, "t1", 1, 25, 3);
    Columnar first = start();
    settled(first.caughtUp());
    settled(first.close());
    Intake.insert(connection, "t1", 26, 50, 3);

    Columnar second = start();
    settled(second.caughtUp());

    assertOnce(second, 50, 3);
    assertThat(second.status().batches()).isEqualTo(25);
    settled(second.close());
  }

  @Test
  void relay_appendFailsBeforeOrAfterCommit_countsOnce() throws Exception {
    Intake.insert(connection, "t1", 1, 45, 3);
    FailingStore store =
        new FailingStore(DuckDbStore.open(options.file(), options.memoryLimitBytes()));
    WorkerExecutor worker = vertx.createSharedWorkerExecutor("failing-store", 1);
    Relay relay =
        new Relay(vertx, intake.options(), new RelayTarget(store, worker, Faults.off()), options);
    relay.start();

    settled(relay.caughtUp());

    assertThat(store.failures).hasValue(4);
    assertThat(relay.status().failures()).isEqualTo(4);
    assertThat(relay.status().healthy()).isTrue();
    assertThat(store.countBatches("acme", "t1")).isEqualTo(45);
    assertThat(store.countTicks("acme", "t1")).isEqualTo(135);
    assertThat(store.duplicates()).isZero();
    settled(relay.close());
    store.close();
  }

  @Test
  void relay_poisonBatch_isSetAsideAndTheRestGoesOn() throws Exception {
    Intake.insert(connection, "t1", 1, 4, 3);
    Intake.insert(connection, "t1", 5, 5, 3, new byte[] {0x0a, 0x7f, 1});
    Intake.insert(connection, "t1", 6, 20, 3);
    Columnar columnar = start();

    settled(columnar.caughtUp());

    assertOnce(columnar, 19, 3);
    assertThat(columnar.status().setAside()).isEqualTo(1);
    assertThat(columnar.status().failures()).isZero();
    settled(columnar.close());
  }

  @Test
  void relay_restartedAfterPoison_stillReportsIt() throws Exception {
    Intake.insert(connection, "t1", 1, 1, 3, new byte[] {0x0a, 0x7f, 1});
    Columnar first = start();
    settled(first.caughtUp());
    settled(first.close());

    Columnar second = start();
    settled(second.caughtUp());

    assertThat(second.status().setAside()).isEqualTo(1);
    assertThat(second.status().healthy()).isTrue();
    settled(second.close());
  }

  // The file's own table refuses batch 13: everything else must go on, and be there once.
  @Test
  void relay_batchTheStoreRefuses_isSetAsideAloneAndTheRestGoesOn() throws Exception {
    try (Connection file = DriverManager.getConnection("jdbc:duckdb:" + options.file());
        Statement statement = file.createStatement()) {
      statement.execute(
          """
          CREATE TABLE batches(
            tenant VARCHAR NOT NULL, terminal VARCHAR NOT NULL, sequence BIGINT NOT NULL,
            ordinal BIGINT NOT NULL, ticks INTEGER NOT NULL, received_msc BIGINT NOT NULL,
            CHECK (sequence <> 13))\
          """);
    }
    Intake.insert(connection, "t1", 1, 45, 3);
    Columnar columnar = start();

    settled(columnar.caughtUp());

    assertOnce(columnar, 44, 3);
    assertThat(columnar.status().setAside()).isEqualTo(1);
    assertThat(columnar.status().failures()).isZero();
    settled(columnar.close());
  }

  // While an append hangs nothing more is read, whatever arrives; the lag shows it.
  @Test
  void relay_slowStore_holdsUpTheReadingAndKeepsOnePage() throws Exception {
    HeldStore store = new HeldStore(DuckDbStore.open(options.file(), options.memoryLimitBytes()));
    WorkerExecutor worker = vertx.createSharedWorkerExecutor("held-store", 1);
    Intake.insert(connection, "t1", 1, 25, 3);
    Relay relay =
        new Relay(vertx, intake.options(), new RelayTarget(store, worker, Faults.off()), options);
    relay.start();
    assertThat(store.entered.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    String lastRead = lastRead();

    Intake.insert(connection, "t1", 26, 500, 3);
    await()
        .during(Duration.ofSeconds(1))
        .atMost(Duration.ofSeconds(5))
        .until(() -> lastRead().equals(lastRead) && store.entered.availablePermits() == 0);

    store.held.release(1_000);
    settled(relay.caughtUp());
    assertThat(store.countBatches("acme", "t1")).isEqualTo(500);
    assertThat(store.largest).hasValue(10);
    assertThat(store.duplicates()).isZero();
    settled(relay.close());
    store.close();
  }

  /** When the relay's connection was last asked something. */
  private String lastRead() throws Exception {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT max(query_start)::text FROM pg_stat_activity"
                    + " WHERE query LIKE '%ticks_so_far%' AND pid <> pg_backend_pid()")) {
      rows.next();
      return String.valueOf(rows.getString(1));
    }
  }

  @Test
  void relay_serverRestarts_reconnectsAndLosesNothing() throws Exception {
    Intake.insert(connection, "t1", 1, 15, 3);
    Columnar columnar = start();
    settled(columnar.caughtUp());
    int port = server.uri().getPort();
    server.close();
    await().atMost(Duration.ofSeconds(20)).until(() -> !columnar.status().healthy());
    assertThat(columnar.status().detail()).startsWith("intake: ");

    server = TestServers.postgres(data, port);
    connection = intake.connect();
    Intake.insert(connection, "t1", 16, 30, 3);
    settled(columnar.caughtUp());

    assertOnce(columnar, 30, 3);
    assertThat(columnar.status().healthy()).isTrue();
    settled(columnar.close());
  }

  @Test
  void caughtUp_closedMeanwhile_fails() throws Exception {
    try (Connection slow = intake.connect()) {
      slow.setAutoCommit(false);
      Intake.insert(slow, "t1", 1, 1, 3);
      Intake.insert(connection, "t1", 2, 2, 3);
      Columnar columnar = start();
      Future<Void> caughtUp = columnar.caughtUp();
      await().until(() -> columnar.status().rowsBehind() == 1);
      settled(columnar.close());
      assertThatThrownBy(() -> settled(caughtUp)).hasMessageContaining("closed");
    }
  }

  @Test
  void page_moreTicksThanAPageHolds_isCutButNeverEmpty() throws Exception {
    Intake.insert(connection, "t1", 1, 5, 60);
    IntakeReader reader = settled(IntakeReader.connect(vertx, intake.options(), null));

    assertThat(sequences(reader, options.withPages(10, 100))).containsExactly(1L);
    assertThat(sequences(reader, options.withPages(10, 180))).containsExactly(1L, 2L, 3L);
    assertThat(sequences(reader, options.withPages(10, 1))).containsExactly(1L);
    assertThat(sequences(reader, options.withPages(2, 1_000))).containsExactly(1L, 2L);
    settled(reader.close());
  }

  private static List<Long> sequences(IntakeReader reader, ColumnarOptions limits) {
    return settled(reader.page(Watermark.START, limits)).stream().map(IntakeRow::sequence).toList();
  }

  private Columnar start() {
    return settled(Columnar.start(vertx, intake.options(), options, Faults.off()));
  }

  private static void assertOnce(Columnar columnar, long batches, int ticks) {
    assertThat(settled(columnar.countBatches("acme", "t1"))).isEqualTo(batches);
    assertThat(settled(columnar.countTicks("acme", "t1"))).isEqualTo(batches * ticks);
    assertThat(settled(columnar.duplicates())).isZero();
  }

  private static <T> T settled(Future<T> future) {
    try {
      return future.await(30, TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** Each append waits for a permit. */
  private static final class HeldStore extends PassingStore {

    final Semaphore entered = new Semaphore(0);
    final Semaphore held = new Semaphore(0);
    final AtomicInteger largest = new AtomicInteger();

    HeldStore(ColumnarStore store) {
      super(store);
    }

    @Override
    public void append(Block block) {
      entered.release();
      held.acquireUninterruptibly();
      largest.accumulateAndGet(block.batches().size(), Math::max);
      super.append(block);
    }
  }

  /** Fails every other of its first appends: alternately before and after the commit. */
  private static final class FailingStore extends PassingStore {

    private final AtomicInteger appends = new AtomicInteger();
    final AtomicInteger failures = new AtomicInteger();

    FailingStore(ColumnarStore store) {
      super(store);
    }

    @Override
    public void append(Block block) {
      int append = appends.incrementAndGet();
      boolean before = append == 2 || append == 5;
      if (!before) {
        super.append(block);
      }
      if (before || append == 3 || append == 6) {
        failures.incrementAndGet();
        throw new ColumnarException(ColumnarException.Reason.FAILED, "injected");
      }
    }
  }

  /** Hands every call on. */
  private static class PassingStore implements ColumnarStore {

    private final ColumnarStore store;

    PassingStore(ColumnarStore store) {
      this.store = store;
    }

    @Override
    public void append(Block block) {
      store.append(block);
    }

    @Override
    public Watermark watermark(String source) {
      return store.watermark(source);
    }

    @Override
    public long setAside() {
      return store.setAside();
    }

    @Override
    public Optional<StoredTick> lastQuote(String tenant, String terminal, String symbol) {
      return store.lastQuote(tenant, terminal, symbol);
    }

    @Override
    public TenantRows held(String tenant) {
      return store.held(tenant);
    }

    @Override
    public TenantRows erase(String tenant) {
      return store.erase(tenant);
    }

    @Override
    public ExpiredRows expire(Kept kept, long nowMsc) {
      return store.expire(kept, nowMsc);
    }

    @Override
    public long countBatches(String tenant, String terminal) {
      return store.countBatches(tenant, terminal);
    }

    @Override
    public long countTicks(String tenant, String terminal) {
      return store.countTicks(tenant, terminal);
    }

    @Override
    public long duplicates() {
      return store.duplicates();
    }

    @Override
    public List<StoredTick> ticks(SeriesQuery query) {
      return store.ticks(query);
    }

    @Override
    public BarsUpTo barsUpTo(String source, SeriesQuery query) {
      return store.barsUpTo(source, query);
    }

    @Override
    public List<StoredBar> bars(SeriesQuery query) {
      return store.bars(query);
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
