package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.client.Pace;
import io.sub30.client.Replay;
import io.sub30.client.ReplayPlan;
import io.sub30.client.RetryPolicy;
import io.sub30.client.TickFiles;
import io.sub30.client.Unacknowledged;
import io.sub30.gateway.identity.SigningKeys;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.gateway.identity.TokenRequest;
import io.sub30.node.DataFolder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
import org.awaitility.Awaitility;

/**
 * A tenant whose server is killed: the jar as a process of its own on one data folder, start after
 * start; the tenant's load; and what was acknowledged, against what both stores hold in the end.
 * Blocking.
 */
final class KillDrill {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int RESENDS = 200;

  final DataFolder folder;
  final ServerProcess.Ports ports;
  final Journal journal = new Journal();
  private final Path log;
  private final Map<String, String> settings;
  private final String tenant;
  private final Tier tier;
  private final double batchesPerSecond;

  /**
   * @param temporary a folder of the test's own
   * @param settings of every start, as environment variables
   */
  KillDrill(
      Path temporary,
      Map<String, String> settings,
      String tenant,
      Tier tier,
      double batchesPerSecond)
      throws Exception {
    this.folder = DataFolder.at(temporary.resolve("data"));
    this.log = temporary.resolve("server.log");
    this.ports = ServerProcess.Ports.free();
    this.settings = settings;
    this.tenant = tenant;
    this.tier = tier;
    this.batchesPerSecond = batchesPerSecond;
  }

  ServerProcess start() throws Exception {
    return ServerProcess.start(folder.root(), ports, log, settings);
  }

  /** Load until it is stopped, each batch sent once. */
  Replay load(String prefix) throws Exception {
    return new Replay(
        plan(prefix)
            .withPace(new Pace.Rate(batchesPerSecond))
            .withLoop(true)
            .withRetries(RetryPolicy.none()),
        journal);
  }

  /** Sends what is open again until nothing is. */
  void resend(String prefix, List<Unacknowledged> open) throws Exception {
    List<Unacknowledged> left = open;
    for (int round = 0; !left.isEmpty() && round < RESENDS; round++) {
      Replay again = new Replay(plan(prefix).withInFlight(1), journal);
      left = Waiting.on(again.resend(left)).unacknowledged();
    }
    assertThat(left).as("batches still open").isEmpty();
  }

  private ReplayPlan plan(String prefix) throws Exception {
    String token =
        new TokenMint(SigningKeys.open(folder.root()), EpochClock.SYSTEM)
            .mint(new TokenRequest(tenant, tier, null, Duration.ofHours(1)));
    return ReplayPlan.of(ports.apiUri(), List.of(token), TickFiles.sample())
        .withTerminalPrefix(prefix);
  }

  void awaitNoProcess() {
    await("no process is left", () -> ServerProcess.under(folder.root()).isEmpty());
  }

  /** With the server running. */
  void compareWithPostgres() throws Exception {
    try (SystemOfRecord record = SystemOfRecord.of(folder)) {
      List<String> stored = record.sequences(tenant);
      assertThat(stored).as("PostgreSQL").doesNotHaveDuplicates();
      assertThat(Set.copyOf(stored)).as("PostgreSQL").isEqualTo(journal.acknowledged());
      assertThat(record.keys(tenant)).hasSameSizeAs(stored);
      assertThat(record.ticks(tenant)).as("ticks").isEqualTo(journal.ticks());
      assertThat(journal.twice()).as("acknowledged twice").isZero();
    }
  }

  /** The lag is measured about once a second, so only a lasting zero says anything. */
  void awaitRelay() {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(ports.opsUri() + "/health/ready")).build();
    Awaitility.await("the relay has caught up")
        .atMost(PATIENCE)
        .during(Duration.ofSeconds(4))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () ->
                client
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .contains("relaying, 0 batches behind"));
  }

  /** With no process that has the file open. */
  void compareWithDuckDb() throws Exception {
    String url = "jdbc:duckdb:" + folder.columnar().resolve("ticks.duckdb");
    String of = " where tenant = '" + tenant + "'";
    long batches = count(url, "select count(*) from batches" + of);
    assertThat(batches).as("batches in DuckDB").isEqualTo(journal.size());
    assertThat(count(url, "select count(distinct (terminal, sequence)) from batches" + of))
        .as("distinct batches in DuckDB")
        .isEqualTo(batches);
    assertThat(count(url, "select count(*) from ticks" + of))
        .as("ticks in DuckDB")
        .isEqualTo(journal.ticks());
    assertThat(count(url, "select count(distinct (terminal, sequence, idx)) from ticks" + of))
        .as("distinct ticks in DuckDB")
        .isEqualTo(journal.ticks());
  }

  /** What an evidence file says when the comparisons have passed. */
  String counts() {
    return "acknowledged %d batches, %d ticks; in PostgreSQL %d, in DuckDB %d; lost 0, doubled 0"
        .formatted(journal.size(), journal.ticks(), journal.size(), journal.size());
  }

  static long count(String url, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(condition);
  }
}
