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
import io.sub30.client.TickSupply;
import io.sub30.client.Unacknowledged;
import io.sub30.gateway.SigningKeys;
import io.sub30.gateway.TokenMint;
import io.sub30.gateway.TokenRequest;
import io.sub30.node.DataFolder;
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
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} under load, twice: first the server alone, then the server and its PostgreSQL and
 * Redis at once. What was acknowledged must be in both stores exactly once.
 */
class KillIT {

  private static final String TENANT = "killed";
  private static final double BATCHES_PER_SECOND = 200;
  private static final int KILL_AFTER_BATCHES = 700;
  private static final int RESENDS = 30;
  private static final Path QUOTES = Path.of("../shared/data/oanda-eurusd-tick/20140508_quote.zip");
  private static final Pattern COLUMNAR_BEHIND = Pattern.compile("relaying, (\\d+) batches behind");

  private final List<String> evidence = new ArrayList<>();
  private final Journal journal = new Journal();
  private final List<Long> former = new ArrayList<>();
  @TempDir Path temporary = Path.of("");

  @Test
  void kill_underLoadTwice_everyAcknowledgedBatchIsInBothStoresOnce() throws Exception {
    DataFolder folder = DataFolder.at(temporary.resolve("data"));
    Path log = temporary.resolve("server.log");
    ServerProcess.Ports ports = ServerProcess.Ports.free();
    List<Unacknowledged> open;

    try (ServerProcess server = ServerProcess.start(folder.root(), ports, log)) {
      evidence.add("first start: " + server.readyLine());
      open = killUnderLoad("trades", TickFiles.sample(), folder, ports, server, false);
    }
    try (ServerProcess server = ServerProcess.start(folder.root(), ports, log)) {
      evidence.add("after the first kill: " + server.readyLine());
      assertThat(former).as("processes of the first server").isNotEmpty();
      assertThat(former).noneMatch(pid -> ServerProcess.under(folder.root()).contains(pid));
      resend("trades", open, folder, ports);
      TickSupply quotes =
          Files.exists(QUOTES) ? TickFiles.of("lean", List.of(QUOTES)) : TickFiles.sample();
      open = killUnderLoad("quotes", quotes, folder, ports, server, true);
    }
    Awaitility.await("no process is left")
        .atMost(Duration.ofSeconds(30))
        .until(() -> ServerProcess.under(folder.root()).isEmpty());
    try (ServerProcess server = ServerProcess.start(folder.root(), ports, log)) {
      evidence.add("after the second kill: " + server.readyLine());
      resend("quotes", open, folder, ports);
      compareWithPostgres(folder);
      awaitRelay(ports);
      assertThat(server.stop()).as("SIGTERM").isEqualTo(143);
    }
    assertThat(ServerProcess.under(folder.root())).as("processes left").isEmpty();
    compareWithDuckDb(folder);
    Evidence.write("kill9.txt", evidence);
  }

  /** Replays until enough was acknowledged, kills, and returns what is open. */
  private List<Unacknowledged> killUnderLoad(
      String prefix,
      TickSupply ticks,
      DataFolder folder,
      ServerProcess.Ports ports,
      ServerProcess server,
      boolean storesToo)
      throws Exception {
    int before = journal.size();
    Replay replay =
        new Replay(
            plan(prefix, ticks, folder, ports)
                .withPace(new Pace.Rate(BATCHES_PER_SECOND))
                .withLoop(true)
                .withRetries(RetryPolicy.none()),
            journal);
    Future<ReplayOutcome> running = replay.run();
    Awaitility.await("load")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> running.isComplete() || journal.size() >= before + KILL_AFTER_BATCHES);
    List<Long> all = ServerProcess.under(folder.root());
    former.addAll(all);
    List<Long> victims = storesToo ? all : List.of();
    victims.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    server.kill();
    int acknowledged = journal.size();
    replay.stop();
    ReplayOutcome outcome = Waiting.on(running);
    assertThat(outcome.report().sent())
        .as("sent = acknowledged + open")
        .isEqualTo(journal.size() - before + outcome.unacknowledged().size());
    assertThat(outcome.unacknowledged()).as("batches open at the kill").isNotEmpty();
    evidence.add(
        "%s at %.0f batches/s as enterprise: killed %s with %d acknowledged of %d sent, %d open"
            .formatted(
                prefix,
                BATCHES_PER_SECOND,
                storesToo ? "server, PostgreSQL and Redis" : "server",
                acknowledged - before,
                outcome.report().sent(),
                outcome.unacknowledged().size()));
    return outcome.unacknowledged();
  }

  /** Sends what is open again until nothing is. */
  private void resend(
      String prefix, List<Unacknowledged> open, DataFolder folder, ServerProcess.Ports ports)
      throws Exception {
    long repeatedBefore = journal.repeated();
    List<Unacknowledged> left = open;
    int rounds = 0;
    while (!left.isEmpty() && rounds < RESENDS) {
      rounds++;
      ReplayPlan plan = plan(prefix, TickFiles.sample(), folder, ports).withInFlight(1);
      left = Waiting.on(new Replay(plan, journal).resend(left)).unacknowledged();
    }
    assertThat(left).as("batches still open after %d rounds", rounds).isEmpty();
    evidence.add(
        "%s: %d resent in %d rounds, of which %d had been stored before their answer was lost"
            .formatted(prefix, open.size(), rounds, journal.repeated() - repeatedBefore));
  }

  private static ReplayPlan plan(
      String prefix, TickSupply ticks, DataFolder folder, ServerProcess.Ports ports)
      throws Exception {
    String token =
        new TokenMint(SigningKeys.open(folder.root()), EpochClock.SYSTEM)
            .mint(new TokenRequest(TENANT, Tier.ENTERPRISE, null, Duration.ofHours(1)));
    return ReplayPlan.of(ports.apiUri(), List.of(token), ticks).withTerminalPrefix(prefix);
  }

  private void compareWithPostgres(DataFolder folder) throws Exception {
    Set<String> acknowledged = journal.acknowledged();
    try (SystemOfRecord record = SystemOfRecord.of(folder)) {
      List<String> stored = record.sequences(TENANT);
      assertThat(stored).as("PostgreSQL").doesNotHaveDuplicates();
      assertThat(Set.copyOf(stored)).as("PostgreSQL").isEqualTo(acknowledged);
      assertThat(record.keys(TENANT)).hasSameSizeAs(stored);
      assertThat(record.ticks(TENANT)).as("ticks").isEqualTo(journal.ticks());
      assertThat(journal.twice()).as("acknowledged twice").isZero();
      evidence.add(
          "PostgreSQL: %d batches, %d ticks; acknowledged: %d batches, %d ticks; none twice, none"
                  .formatted(
                      stored.size(), record.ticks(TENANT), acknowledged.size(), journal.ticks())
              + " missing");
    }
  }

  /** The lag is measured about once a second, so only a lasting zero says anything. */
  private static void awaitRelay(ServerProcess.Ports ports) {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(ports.opsUri() + "/health/ready")).build();
    Awaitility.await("the relay has caught up")
        .atMost(Duration.ofSeconds(60))
        .during(Duration.ofSeconds(4))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              String body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
              var behind = COLUMNAR_BEHIND.matcher(body);
              return behind.find() && behind.group(1).equals("0");
            });
  }

  private void compareWithDuckDb(DataFolder folder) throws SQLException {
    Properties readOnly = new Properties();
    readOnly.setProperty("duckdb.read_only", "true");
    String url = "jdbc:duckdb:" + folder.columnar().resolve("ticks.duckdb");
    try (Connection connection = DriverManager.getConnection(url, readOnly);
        Statement statement = connection.createStatement()) {
      List<String> batches = new ArrayList<>();
      try (ResultSet row =
          statement.executeQuery(
              "select terminal || '/' || sequence from batches where tenant = '" + TENANT + "'")) {
        while (row.next()) {
          batches.add(row.getString(1));
        }
      }
      assertThat(batches).as("DuckDB").doesNotHaveDuplicates();
      assertThat(Set.copyOf(batches)).as("DuckDB").isEqualTo(journal.acknowledged());
      try (ResultSet row =
          statement.executeQuery(
              "select count(*), count(distinct (terminal, sequence, idx)) from ticks where tenant ="
                  + " '"
                  + TENANT
                  + "'")) {
        row.next();
        assertThat(row.getLong(1)).as("ticks in DuckDB").isEqualTo(journal.ticks());
        assertThat(row.getLong(2)).as("distinct ticks in DuckDB").isEqualTo(journal.ticks());
        evidence.add(
            "DuckDB: %d batches, %d ticks; none twice, none missing"
                .formatted(batches.size(), row.getLong(1)));
      }
    }
  }
}
