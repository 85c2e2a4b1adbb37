package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.client.Pace;
import io.sub30.client.Replay;
import io.sub30.client.ReplayOutcome;
import io.sub30.client.ReplayPlan;
import io.sub30.client.RetryPolicy;
import io.sub30.client.TickFiles;
import io.sub30.client.Unacknowledged;
import io.sub30.gateway.SigningKeys;
import io.sub30.gateway.TokenMint;
import io.sub30.gateway.TokenRequest;
import io.sub30.node.DataFolder;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at random moments under load, every other time together with PostgreSQL and
 * Redis. After each restart what is open is sent again, and what was acknowledged must be there
 * exactly once. {@code -Dsub30.faults.kills=20} is the long run, {@code -Dsub30.faults.seed=N} one
 * that is to be seen again.
 */
class KillMomentsIT {

  private static final String TENANT = "moments";
  private static final double BATCHES_PER_SECOND = 200;
  private static final int KILLS = Integer.getInteger("sub30.faults.kills", 2);
  private static final long SEED = Long.getLong("sub30.faults.seed", 20_260_902L);
  private static final int LONGEST_MILLIS = 3_000;
  private static final int RESENDS = 30;

  @TempDir Path temporary = Path.of("");

  private final Journal journal = new Journal();
  private final List<String> evidence = new ArrayList<>();

  @Test
  void kill_atRandomMoments_everyAcknowledgedBatchIsStoredOnce() throws Exception {
    Random random = new Random(SEED);
    DataFolder folder = DataFolder.at(temporary.resolve("data"));
    Path log = temporary.resolve("server.log");
    ServerProcess.Ports ports = ServerProcess.Ports.free();
    List<Unacknowledged> open = List.of();
    int sentAgain = 0;
    for (int kill = 1; kill <= KILLS; kill++) {
      boolean all = kill % 2 == 0;
      long millis = 1 + random.nextInt(LONGEST_MILLIS);
      try (ServerProcess server = ServerProcess.start(folder.root(), ports, log)) {
        resend(kill - 1, open, folder, ports);
        open = loadAndKill(kill, millis, folder, ports, server, all);
        sentAgain += open.size();
      }
      evidence.add(
          "kill %d of %d, %d ms after the first answer%s: %d acknowledged in all, %d open"
              .formatted(
                  kill,
                  KILLS,
                  millis,
                  all ? ", with PostgreSQL and Redis" : "",
                  journal.size(),
                  open.size()));
      Awaitility.await("no process is left")
          .atMost(Duration.ofSeconds(30))
          .until(() -> ServerProcess.under(folder.root()).isEmpty());
    }
    try (ServerProcess server = ServerProcess.start(folder.root(), ports, log)) {
      resend(KILLS, open, folder, ports);
      compare(folder, sentAgain);
      assertThat(server.stop()).as("SIGTERM").isEqualTo(143);
    }
    Evidence.write("faults-kill-moments.txt", evidence);
  }

  private List<Unacknowledged> loadAndKill(
      int number,
      long millis,
      DataFolder folder,
      ServerProcess.Ports ports,
      ServerProcess server,
      boolean all)
      throws Exception {
    int before = journal.size();
    Replay replay =
        new Replay(
            plan(number, folder, ports)
                .withPace(new Pace.Rate(BATCHES_PER_SECOND))
                .withLoop(true)
                .withRetries(RetryPolicy.none()),
            journal);
    Future<ReplayOutcome> running = replay.run();
    Awaitility.await("load")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(1))
        .until(() -> running.isComplete() || journal.size() > before);
    Awaitility.await().pollDelay(Duration.ofMillis(millis)).until(() -> true);
    if (all) {
      ServerProcess.under(folder.root())
          .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
    server.kill();
    replay.stop();
    return Waiting.on(running).unacknowledged();
  }

  private void resend(
      int number, List<Unacknowledged> open, DataFolder folder, ServerProcess.Ports ports)
      throws Exception {
    List<Unacknowledged> left = open;
    for (int round = 0; !left.isEmpty() && round < RESENDS; round++) {
      Replay again = new Replay(plan(number, folder, ports).withInFlight(1), journal);
      left = Waiting.on(again.resend(left)).unacknowledged();
    }
    assertThat(left).as("batches still open").isEmpty();
  }

  private static ReplayPlan plan(int number, DataFolder folder, ServerProcess.Ports ports)
      throws Exception {
    String token =
        new TokenMint(SigningKeys.open(folder.root()), EpochClock.SYSTEM)
            .mint(new TokenRequest(TENANT, Tier.FREE, null, Duration.ofHours(1)));
    return ReplayPlan.of(ports.apiUri(), List.of(token), TickFiles.sample())
        .withTerminalPrefix("run" + number);
  }

  private void compare(DataFolder folder, int sentAgain) throws Exception {
    try (SystemOfRecord record = SystemOfRecord.of(folder)) {
      List<String> stored = record.sequences(TENANT);
      assertThat(stored).as("PostgreSQL").doesNotHaveDuplicates();
      assertThat(Set.copyOf(stored)).as("PostgreSQL").isEqualTo(journal.acknowledged());
      assertThat(record.keys(TENANT)).hasSameSizeAs(stored);
      assertThat(record.ticks(TENANT)).as("ticks").isEqualTo(journal.ticks());
      assertThat(journal.twice()).as("acknowledged twice").isZero();
      evidence.add(
          ("seed %d, %d kills: %d sent again, %d of them had been stored; acknowledged %d batches,"
                  + " %d ticks; in PostgreSQL %d; lost 0, doubled 0")
              .formatted(
                  SEED,
                  KILLS,
                  sentAgain,
                  journal.repeated(),
                  journal.size(),
                  journal.ticks(),
                  stored.size()));
    }
  }
}
