package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Tier;
import io.sub30.client.Replay;
import io.sub30.client.ReplayOutcome;
import io.sub30.client.Unacknowledged;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at random moments under load, every other time together with PostgreSQL and
 * Redis. After each restart what is open is sent again, and what was acknowledged must be in both
 * stores exactly once. {@code -Dsub30.faults.kills=20} is the long run, {@code
 * -Dsub30.faults.seed=N} one that is to be seen again.
 */
class KillIT {

  private static final int KILLS = Integer.getInteger("sub30.faults.kills", 2);
  private static final long SEED = Long.getLong("sub30.faults.seed", 20_260_902L);
  private static final int LONGEST_MILLIS = 3_000;

  private final List<String> evidence = new ArrayList<>();
  private int open;
  @TempDir Path temporary = Path.of("");

  @Test
  void kill_atRandomMoments_everyAcknowledgedBatchIsInBothStoresOnce() throws Exception {
    Random random = new Random(SEED);
    KillDrill drill = new KillDrill(temporary, Map.of(), "killed", Tier.ENTERPRISE, 200);
    List<Unacknowledged> left = List.of();
    for (int kill = 1; kill <= KILLS; kill++) {
      long millis = 1 + random.nextInt(LONGEST_MILLIS);
      try (ServerProcess server = drill.start()) {
        drill.resend("run" + (kill - 1), left);
        left = loadAndKill(drill, kill, millis, server);
      }
      drill.awaitNoProcess();
    }
    try (ServerProcess server = drill.start()) {
      drill.resend("run" + KILLS, left);
      drill.compareWithPostgres();
      drill.awaitRelay();
      assertThat(server.stop()).as("SIGTERM").isEqualTo(143);
    }
    assertThat(ServerProcess.under(drill.folder.root())).as("processes left").isEmpty();
    drill.compareWithDuckDb();
    assertThat(open).as("batches open at a kill").isPositive();
    evidence.add(
        "seed %d, %d kills: %d sent again, %d of them had been stored; %s"
            .formatted(SEED, KILLS, open, drill.journal.repeated(), drill.counts()));
    Evidence.write("faults-kill.txt", evidence);
  }

  /** Loads until some time after the first answer, kills, and returns what is open. */
  private List<Unacknowledged> loadAndKill(
      KillDrill drill, int kill, long millis, ServerProcess server) throws Exception {
    boolean all = kill % 2 == 0;
    int before = drill.journal.size();
    Replay replay = drill.load("run" + kill);
    Future<ReplayOutcome> running = replay.run();
    KillDrill.await("load", () -> drill.journal.size() > before);
    Awaitility.await().pollDelay(Duration.ofMillis(millis)).until(() -> true);
    if (all) {
      ServerProcess.under(drill.folder.root())
          .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
    server.kill();
    replay.stop();
    ReplayOutcome outcome = Waiting.on(running);
    assertThat(outcome.report().sent())
        .as("sent = acknowledged + open")
        .isEqualTo(drill.journal.size() - before + outcome.unacknowledged().size());
    open += outcome.unacknowledged().size();
    evidence.add(
        "kill %d of %d, %d ms after the first answer%s: %d acknowledged in all, %d open"
            .formatted(
                kill,
                KILLS,
                millis,
                all ? ", with PostgreSQL and Redis" : "",
                drill.journal.size(),
                outcome.unacknowledged().size()));
    return outcome.unacknowledged();
  }
}
