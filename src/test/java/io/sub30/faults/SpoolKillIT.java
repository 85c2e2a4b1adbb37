package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Tier;
import io.sub30.client.Replay;
import io.sub30.client.ReplayOutcome;
import io.sub30.client.Unacknowledged;
import io.sub30.node.DataFolder;
import io.sub30.v1.StoredBatch;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} while batches wait in the spool; the next start brings PostgreSQL back. */
@Tag("long")
class SpoolKillIT {

  private static final String TENANT = "spool-kill";
  private static final Map<String, String> SPOOL = Map.of("SUB30_DATABASE_WHEN_DOWN", "spool");
  private static final int BATCHES = 100;

  @TempDir Path temporary = Path.of("");

  @Test
  void killedWhileSpooled_isDrainedBeforeAnythingNew() throws Exception {
    KillDrill drill = new KillDrill(temporary, SPOOL, TENANT, Tier.FREE, 100);
    Journal journal = drill.journal;
    List<Unacknowledged> open;
    try (ServerProcess server = drill.start()) {
      Replay replay = drill.load("first");
      Future<ReplayOutcome> running = replay.run();
      KillDrill.await("load", () -> journal.size() >= BATCHES);
      FaultStage.signal("-QUIT", postgres(drill.folder)); // nobody starts it again
      KillDrill.await("spooled", () -> journal.spooled().size() >= BATCHES);
      server.kill();
      replay.stop();
      open = Waiting.on(running).unacknowledged();
    }
    Set<String> spooled = journal.spooled();
    drill.awaitNoProcess();
    long waiting = inJournal(drill.folder);
    assertThat(waiting).as("batches in the journal").isGreaterThanOrEqualTo(spooled.size());

    try (ServerProcess server = drill.start()) {
      int before = journal.size();
      Replay replay = drill.load("second");
      Future<ReplayOutcome> running = replay.run();
      KillDrill.await("new load", () -> journal.size() >= before + BATCHES);
      replay.stop();
      drill.resend("second", Waiting.on(running).unacknowledged());
      drill.resend("first", open);
      drill.compareWithPostgres();
      compareOrder(drill.folder, spooled);
      drill.awaitRelay();
      assertThat(server.stop()).as("SIGTERM").isEqualTo(143);
    }
    assertThat(inJournal(drill.folder)).as("batches left in the journal").isZero();
    drill.compareWithDuckDb();
    Evidence.write(
        "faults-spool-kill.txt",
        List.of(
            ("kill -9 with %d batches in the journal, %d of them acknowledged, PostgreSQL back with"
                    + " the next start: %s")
                .formatted(waiting, spooled.size(), drill.counts())));
  }

  /** What was spooled first comes before what is new, and nothing is missing between them. */
  private static void compareOrder(DataFolder folder, Set<String> spooled) throws Exception {
    try (SystemOfRecord record = SystemOfRecord.of(folder)) {
      List<StoredBatch> batches = record.batches(TENANT);
      assertThat(batches)
          .extracting(StoredBatch::getOrdinal)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, batches.size()).boxed().toList());
      long lastSpooled =
          batches.stream()
              .filter(batch -> spooled.contains(key(batch)))
              .mapToLong(StoredBatch::getOrdinal)
              .max()
              .orElseThrow();
      assertThat(batches)
          .filteredOn(batch -> batch.getTerminal().startsWith("second"))
          .isNotEmpty()
          .allMatch(batch -> batch.getOrdinal() > lastSpooled);
    }
  }

  private static String key(StoredBatch batch) {
    return batch.getTerminal() + '/' + batch.getSequence();
  }

  private static long postgres(DataFolder folder) throws Exception {
    Path pid = folder.postgres().resolve("data").resolve("postmaster.pid");
    return Long.parseLong(Files.readAllLines(pid).get(0).strip());
  }

  /** Batches in the spool's file; no process may have it open. */
  private static long inJournal(DataFolder folder) throws Exception {
    return KillDrill.count(
        "jdbc:sqlite:" + folder.root().resolve("spool").resolve("batches.sqlite"),
        "select count(*) from batches");
  }
}
