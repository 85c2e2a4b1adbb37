package io.sub30.database.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sub30.bus.Faults;
import io.sub30.node.TestServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * ClickHouse goes away while batches are committed and relayed, and comes back. Each test ends with
 * what was committed against what is stored, which it also writes to target/evidence. {@code
 * -Dsub30.outage.seconds=60} makes the outage of the first test longer.
 */
final class ClickHouseFaultIT {

  private static final int OUTAGE_SECONDS = Integer.getInteger("sub30.outage.seconds", 5);
  private static final int TICKS = 20;

  /** Five batches at a time, this often: 20,000 ticks a second are waiting for ClickHouse. */
  private static final long PAUSE_MILLIS = 5;

  @TempDir Path folder;
  private Vertx vertx;
  private TestServers.Server postgres;
  private ClickHouseServer clickHouse;
  private Intake intake;
  private Columnar columnar;

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    postgres = TestServers.postgres(folder.resolve("postgres"), 0);
    clickHouse = ClickHouseServer.start(folder.resolve("clickhouse"));
    intake = new Intake(postgres.uri()).fresh();
    columnar =
        settled(
            Columnar.start(
                vertx,
                intake.options(),
                ColumnarOptions.of(folder.resolve("unused.duckdb"))
                    .withPages(200, 100_000)
                    .in(clickHouse.uri("sub30")),
                Faults.off()));
  }

  @AfterEach
  void stop() {
    settled(columnar.close());
    clickHouse.close();
    postgres.close();
    settled(vertx.close());
  }

  /**
   * Commits batches until it is stopped, at a pace: as fast as it can would fill an outage of a
   * minute with more than can be relayed in minutes.
   */
  private final class Load implements AutoCloseable {
    final AtomicLong committed = new AtomicLong();
    private final AtomicBoolean on = new AtomicBoolean(true);
    private final Thread thread = new Thread(this::run, "load");
    private volatile String failure = "";

    Load() {
      thread.start();
    }

    private void run() {
      try (Connection connection = intake.connect()) {
        while (on.get()) {
          long next = committed.get() + 1;
          Intake.insert(connection, "t1", next, next + 4, TICKS);
          committed.addAndGet(5);
          Thread.sleep(PAUSE_MILLIS);
        }
      } catch (java.sql.SQLException | InterruptedException e) {
        failure = e.toString();
      }
    }

    void awaitMore(long batches) {
      long target = committed.get() + batches;
      await().atMost(Duration.ofSeconds(60)).until(() -> committed.get() >= target);
    }

    @Override
    public void close() throws InterruptedException {
      on.set(false);
      thread.join();
      assertThat(failure).isEmpty();
    }
  }

  @Test
  void clickHouse_stoppedUnderLoad_catchesUpAndLosesNothing() throws Exception {
    long committed;
    long lagMillis;
    try (Load load = new Load()) {
      load.awaitMore(200);
      await().atMost(Duration.ofSeconds(20)).until(() -> columnar.status().batches() > 0);
      clickHouse.stop();
      await().atMost(Duration.ofSeconds(20)).until(() -> !columnar.status().healthy());
      assertThat(columnar.status().detail()).contains("ClickHouse").doesNotContain("s3cret");
      long before = columnar.status().lagMillis();
      await()
          .pollDelay(Duration.ofSeconds(OUTAGE_SECONDS))
          .atMost(Duration.ofSeconds(OUTAGE_SECONDS + 15L))
          .until(() -> columnar.status().rowsBehind() > 0);
      lagMillis = columnar.status().lagMillis() - before;
      clickHouse.start();
      load.awaitMore(100);
      committed = load.committed.get();
    }
    settled(columnar.caughtUp());
    assertThat(columnar.status().healthy()).isTrue();
    assertThat(lagMillis).isPositive();
    report("stopped for " + OUTAGE_SECONDS + " s under load", committed);
  }

  @Test
  void clickHouse_killedInTheMiddleOfBlocks_countsOnce() throws Exception {
    try (Load load = new Load()) {
      for (int round = 0; round < 4; round++) {
        long relayed = columnar.status().batches();
        load.awaitMore(150);
        await()
            .pollInterval(Duration.ofMillis(1))
            .atMost(Duration.ofSeconds(30))
            .until(() -> columnar.status().batches() > relayed);
        clickHouse.kill();
        clickHouse.start();
      }
    }
    settled(columnar.caughtUp());
    report("killed four times while blocks are sent", -1);
  }

  // The rows of the block are there and its watermark is not: that table is away meanwhile.
  @Test
  void clickHouse_killedBetweenRowsAndWatermark_countsOnce() throws Exception {
    try (Connection connection = intake.connect()) {
      Intake.insert(connection, "t1", 1, 150, TICKS);
    }
    settled(columnar.caughtUp());
    // Selecting works as before, inserting does not.
    clickHouse.ask("RENAME TABLE sub30.relay_watermark TO sub30.kept");
    clickHouse.ask("CREATE VIEW sub30.relay_watermark AS SELECT source, xid, id FROM sub30.kept");
    try (Connection connection = intake.connect()) {
      Intake.insert(connection, "t1", 151, 300, TICKS);
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> clickHouse.ask("SELECT max(sequence) FROM sub30.batches").equals("300"));
    clickHouse.kill();
    clickHouse.start();
    clickHouse.ask("DROP TABLE sub30.relay_watermark");
    clickHouse.ask("RENAME TABLE sub30.kept TO sub30.relay_watermark");
    try (Connection connection = intake.connect()) {
      Intake.insert(connection, "t1", 301, 320, TICKS);
    }

    settled(columnar.caughtUp());

    long delivered = Long.parseLong(clickHouse.ask("SELECT count() FROM sub30.ticks"));
    assertThat(delivered).as("delivered again").isGreaterThan(320L * TICKS);
    report("killed between a block's rows and its watermark", 320);
  }

  @Test
  void clickHouse_haltedWithoutAWord_isGivenUpOnAndCatchesUp() throws Exception {
    try (Connection connection = intake.connect()) {
      Intake.insert(connection, "t1", 1, 50, TICKS);
      settled(columnar.caughtUp());
      clickHouse.halt();
      Intake.insert(connection, "t1", 51, 100, TICKS);
      await().atMost(Duration.ofSeconds(40)).until(() -> !columnar.status().healthy());
      clickHouse.resume();
    }
    settled(columnar.caughtUp());
    report("halted until a call timed out", 100);
  }

  /** What was committed against what is stored; {@code least} may have been counted meanwhile. */
  private void report(String what, long least) throws Exception {
    long committed;
    try (Connection connection = intake.connect();
        java.sql.Statement statement = connection.createStatement();
        java.sql.ResultSet rows =
            statement.executeQuery("SELECT count(*), count(DISTINCT sequence) FROM tick_batches")) {
      rows.next();
      committed = rows.getLong(1);
      assertThat(rows.getLong(2)).isEqualTo(committed);
    }
    long batches = settled(columnar.countBatches("acme", "t1"));
    long ticks = settled(columnar.countTicks("acme", "t1"));
    long notOnce = settled(columnar.duplicates());
    String line =
        "%s: committed %d batches, stored %d (%d ticks), not exactly once %d, failed attempts %d%n"
            .formatted(what, committed, batches, ticks, notOnce, columnar.status().failures());
    Path evidence = Files.createDirectories(Path.of("target", "evidence"));
    Files.writeString(
        evidence.resolve("clickhouse-faults.txt"),
        line,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    assertThat(committed).isGreaterThanOrEqualTo(least);
    assertThat(batches).as(line).isEqualTo(committed);
    assertThat(ticks).as(line).isEqualTo(committed * TICKS);
    assertThat(notOnce).as(line).isZero();
    assertThat(columnar.status().failures()).as(line).isPositive();
  }

  private static <T> T settled(Future<T> future) {
    try {
      return future.await(90, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
