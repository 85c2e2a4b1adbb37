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
import io.sub30.v1.StoredBatch;
import io.vertx.core.Future;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} while batches wait in the spool; the next start brings PostgreSQL back. */
class SpoolKillIT {

  private static final String TENANT = "spool-kill";
  private static final Map<String, String> SPOOL = Map.of("SUB30_DATABASE_WHEN_DOWN", "spool");
  private static final double BATCHES_PER_SECOND = 100;
  private static final int BATCHES = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int STARTS = 3;
  private static final int RESENDS = 200;

  @TempDir Path temporary = Path.of("");

  private final Journal journal = new Journal();

  @Test
  void killedWhileSpooled_isDrainedBeforeAnythingNew() throws Exception {
    DataFolder folder = DataFolder.at(temporary.resolve("data"));
    Path log = temporary.resolve("server.log");
    ServerProcess.Ports ports = ServerProcess.Ports.free();
    List<Unacknowledged> open;
    try (ServerProcess server = ServerProcess.start(folder.root(), ports, log, SPOOL)) {
      Replay replay = load("first", folder, ports);
      Future<ReplayOutcome> running = replay.run();
      await("load", () -> journal.size() >= BATCHES);
      FaultStage.signal("-QUIT", postgres(folder)); // nobody starts it again
      await("spooled", () -> journal.spooled().size() >= BATCHES);
      server.kill();
      replay.stop();
      open = Waiting.on(running).unacknowledged();
    }
    Set<String> spooled = journal.spooled();
    await("no process is left", () -> ServerProcess.under(folder.root()).isEmpty());
    int waiting = inJournal(folder);
    assertThat(waiting).as("batches in the journal").isGreaterThanOrEqualTo(spooled.size());

    try (ServerProcess server = restarted(folder, ports, log)) {
      int before = journal.size();
      Replay replay = load("second", folder, ports);
      Future<ReplayOutcome> running = replay.run();
      await("new load", () -> journal.size() >= before + BATCHES);
      replay.stop();
      resend("second", Waiting.on(running).unacknowledged(), folder, ports);
      resend("first", open, folder, ports);
      compare(folder, spooled);
      awaitRelay(ports);
      assertThat(server.stop()).as("SIGTERM").isEqualTo(143);
    }
    assertThat(inJournal(folder)).as("batches left in the journal").isZero();
    int inDuckDb = inDuckDb(folder);
    assertThat(inDuckDb).isEqualTo(journal.size());
    Evidence.write(
        "faults-spool-kill.txt",
        List.of(
            ("kill -9 with %d batches in the journal, %d of them acknowledged, PostgreSQL back with"
                    + " the next start: acknowledged %d batches, %d ticks; in PostgreSQL %d, in"
                    + " DuckDB %d; lost 0, doubled 0")
                .formatted(
                    waiting,
                    spooled.size(),
                    journal.size(),
                    journal.ticks(),
                    journal.size(),
                    inDuckDb)));
  }

  /**
   * As a supervisor starts it: again when a start fails, which on a machine that is busy with
   * recovering happens, and must lose nothing either.
   */
  private static ServerProcess restarted(DataFolder folder, ServerProcess.Ports ports, Path log)
      throws Exception {
    for (int start = 1; ; start++) {
      try {
        return ServerProcess.start(folder.root(), ports, log, SPOOL);
      } catch (IllegalStateException e) {
        if (start == STARTS) {
          throw e;
        }
        System.out.println("start " + start + " failed: " + e.getMessage());
      }
    }
  }

  private void compare(DataFolder folder, Set<String> spooled) throws Exception {
    try (SystemOfRecord record = SystemOfRecord.of(folder)) {
      List<String> stored = record.sequences(TENANT);
      assertThat(stored).as("PostgreSQL").doesNotHaveDuplicates();
      assertThat(Set.copyOf(stored)).as("PostgreSQL").isEqualTo(journal.acknowledged());
      assertThat(record.ticks(TENANT)).as("ticks").isEqualTo(journal.ticks());
      assertThat(journal.twice()).as("acknowledged twice").isZero();
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

  private Replay load(String prefix, DataFolder folder, ServerProcess.Ports ports)
      throws Exception {
    return new Replay(
        plan(prefix, folder, ports)
            .withPace(new Pace.Rate(BATCHES_PER_SECOND))
            .withLoop(true)
            .withRetries(RetryPolicy.none()),
        journal);
  }

  private void resend(
      String prefix, List<Unacknowledged> open, DataFolder folder, ServerProcess.Ports ports)
      throws Exception {
    List<Unacknowledged> left = open;
    for (int round = 0; !left.isEmpty() && round < RESENDS; round++) {
      Replay again = new Replay(plan(prefix, folder, ports).withInFlight(1), journal);
      left = Waiting.on(again.resend(left)).unacknowledged();
    }
    assertThat(left).as("batches still open").isEmpty();
  }

  private static ReplayPlan plan(String prefix, DataFolder folder, ServerProcess.Ports ports)
      throws Exception {
    String token =
        new TokenMint(SigningKeys.open(folder.root()), EpochClock.SYSTEM)
            .mint(new TokenRequest(TENANT, Tier.FREE, null, Duration.ofHours(1)));
    return ReplayPlan.of(ports.apiUri(), List.of(token), TickFiles.sample())
        .withTerminalPrefix(prefix);
  }

  private static long postgres(DataFolder folder) throws Exception {
    Path pid = folder.postgres().resolve("data").resolve("postmaster.pid");
    return Long.parseLong(Files.readAllLines(pid).get(0).strip());
  }

  /** Batches in the spool's file; no process may have it open. */
  private static int inJournal(DataFolder folder) throws Exception {
    return count(
        "jdbc:sqlite:" + folder.root().resolve("spool").resolve("batches.sqlite"),
        "select count(*) from batches");
  }

  /** Rows of the tenant's batches; none may be there twice. */
  private static int inDuckDb(DataFolder folder) throws Exception {
    String url = "jdbc:duckdb:" + folder.columnar().resolve("ticks.duckdb");
    String rows = " from batches where tenant = '" + TENANT + "'";
    int batches = count(url, "select count(*)" + rows);
    assertThat(count(url, "select count(distinct terminal || '/' || sequence)" + rows))
        .isEqualTo(batches);
    return batches;
  }

  private static int count(String url, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getInt(1);
    }
  }

  /** The lag is measured about once a second, so only a lasting zero says anything. */
  private static void awaitRelay(ServerProcess.Ports ports) {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(ports.opsUri() + "/health/ready")).build();
    Awaitility.await("DuckDB has caught up")
        .atMost(PATIENCE)
        .during(Duration.ofSeconds(4))
        .until(
            () ->
                client
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .contains("relaying, 0 batches behind"));
  }

  private static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what).atMost(PATIENCE).until(condition);
  }
}
