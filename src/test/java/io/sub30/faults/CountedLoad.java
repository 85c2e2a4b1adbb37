package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.client.Pace;
import io.sub30.client.Replay;
import io.sub30.client.ReplayOutcome;
import io.sub30.client.ReplayPlan;
import io.sub30.client.RetryPolicy;
import io.sub30.client.TickFiles;
import io.sub30.client.Unacknowledged;
import io.sub30.database.StoredCounts;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * One tenant's load while something breaks: counts what was acknowledged, sends what was not once
 * more until it is, and compares with what the stores hold. Blocking; for the test's thread.
 */
final class CountedLoad {

  /** What breaks and is mended, while the load goes on. */
  interface Fault {
    void run() throws Exception;
  }

  private static final double BATCHES_PER_SECOND = 100;
  private static final int BEFORE = 100;
  private static final int AFTER = 50;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final FaultStage stage;
  private final String tenant;
  private final double batchesPerSecond;
  private final Journal journal = new Journal();
  private int atFault;
  private @Nullable Replay replay;
  private Future<ReplayOutcome> running = Future.failedFuture("not begun");

  CountedLoad(FaultStage stage, String tenant) {
    this(stage, tenant, BATCHES_PER_SECOND);
  }

  CountedLoad(FaultStage stage, String tenant, double batchesPerSecond) {
    this.stage = stage;
    this.tenant = tenant;
    this.batchesPerSecond = batchesPerSecond;
  }

  String tenant() {
    return tenant;
  }

  /** Acknowledged from the spool so far. */
  Set<String> spooled() {
    return journal.spooled();
  }

  /** Acknowledged so far. */
  int acknowledged() {
    return journal.size();
  }

  /** Acknowledged when the fault began. */
  int atFault() {
    return atFault;
  }

  /** Loads, breaks, goes on, and compares; writes and prints the counts. */
  void with(String what, Fault fault) throws Exception {
    List<Unacknowledged> open = loadWith(fault);
    int refused = open.size();
    resend(open);
    String counts =
        "%s: %d acknowledged before, %d refused or unanswered and sent again; "
                .formatted(what, atFault, refused)
            + compare();
    Evidence.write("faults-" + tenant + ".txt", List.of(counts));
  }

  /** Loads, runs the fault, loads on; what is unacknowledged comes back. */
  List<Unacknowledged> loadWith(Fault fault) throws Exception {
    begin();
    try {
      fault.run();
    } catch (Exception | AssertionError e) {
      stop();
      throw e;
    }
    return end();
  }

  /** Loads until enough is acknowledged, and goes on. */
  void begin() throws IOException {
    Replay begun =
        new Replay(
            plan()
                .withPace(new Pace.Rate(batchesPerSecond))
                .withLoop(true)
                .withRetries(RetryPolicy.none()),
            journal);
    replay = begun;
    running = begun.run();
    awaitAcknowledged(BEFORE);
    atFault = journal.size();
  }

  /** Loads on and stops; what is unacknowledged comes back. */
  List<Unacknowledged> end() {
    try {
      awaitAcknowledged(journal.size() + AFTER);
    } finally {
      stop();
    }
    return Waiting.on(running).unacknowledged();
  }

  private void stop() {
    if (replay != null) {
      replay.stop();
    }
  }

  void awaitAcknowledged(int batches) {
    Awaitility.await(batches + " batches are acknowledged")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> journal.size() >= batches);
  }

  private ReplayPlan plan() throws IOException {
    return ReplayPlan.of(stage.api(), List.of(stage.token(tenant)), TickFiles.sample())
        .withTerminalPrefix("desk");
  }

  /** Sends what is open again until nothing is. */
  void resend(List<Unacknowledged> open) throws Exception {
    List<Unacknowledged> left = open;
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!left.isEmpty() && System.nanoTime() - end < 0) {
      left = Waiting.on(new Replay(plan().withInFlight(1), journal).resend(left)).unacknowledged();
    }
    assertThat(left).as("batches still open").isEmpty();
  }

  /** Acknowledged against stored, in both stores; the counts in words. */
  String compare() throws Exception {
    Set<String> acknowledged = journal.acknowledged();
    assertThat(journal.twice()).as("acknowledged twice").isZero();
    try (SystemOfRecord record = SystemOfRecord.at(stage.postgres())) {
      List<String> stored = record.sequences(tenant);
      assertThat(stored).as("PostgreSQL").doesNotHaveDuplicates();
      assertThat(Set.copyOf(stored)).as("PostgreSQL").isEqualTo(acknowledged);
      assertThat(record.keys(tenant)).hasSameSizeAs(stored);
      assertThat(record.ticks(tenant)).as("ticks").isEqualTo(journal.ticks());
    }
    Waiting.on(stage.node().storage().caughtUp());
    long columnarBatches = 0;
    Set<String> terminals = new TreeSet<>();
    acknowledged.forEach(key -> terminals.add(key.substring(0, key.indexOf('/'))));
    for (String terminal : terminals) {
      List<Long> sequences =
          acknowledged.stream()
              .filter(key -> key.startsWith(terminal + '/'))
              .map(key -> Long.valueOf(key.substring(key.indexOf('/') + 1)))
              .toList();
      StoredCounts counts =
          Waiting.on(
              stage.node().storage().count(stage.node().vertx(), tenant, terminal, sequences));
      assertThat(counts.complete(sequences.size())).as("%s: %s", terminal, counts).isTrue();
      columnarBatches += counts.columnarBatches();
    }
    return "acknowledged %d batches, %d ticks; in PostgreSQL %d, in DuckDB %d; lost 0, doubled 0"
        .formatted(acknowledged.size(), journal.ticks(), acknowledged.size(), columnarBatches);
  }
}
