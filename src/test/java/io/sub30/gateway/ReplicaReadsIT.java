package io.sub30.gateway;

import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.Submissions.acknowledged;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.config.Sub30Config;
import io.sub30.gateway.Api.Reply;
import io.sub30.gateway.identity.SigningKeys;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.gateway.identity.TokenRequest;
import io.sub30.node.DataFolder;
import io.sub30.node.Node;
import io.sub30.node.OpenRates;
import io.sub30.node.StandbyServer;
import io.sub30.node.TestServers;
import io.sub30.v1.ListSignalsResponse;
import io.sub30.v1.Side;
import io.sub30.v1.TickResult;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ladder of reads on a PostgreSQL with a streaming replica, both real, and both stopped. */
class ReplicaReadsIT {

  private static final int CACHE_SECONDS = 12;
  private static final int WALK_TICKS = 600;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Pattern DEGRADED =
      Pattern.compile(
          "sub30_request_seconds_count\\{outcome=\"degraded\",tier=\"free\"[^}]*} (\\S+)");

  @TempDir private static Path temporary;

  private static Vertx vertx;
  private static TestServers.Server primary;
  private static StandbyServer standby;
  private static DataFolder folder;
  private static Node node;
  private static TokenMint mint;
  private static Api api;
  private static GrpcApi grpc;

  @BeforeAll
  static void start() throws Exception {
    vertx = Vertx.vertx();
    primary = TestServers.postgres(temporary.resolve("primary"), 0);
    standby = StandbyServer.of(primary.uri(), temporary.resolve("standby"));
    folder = DataFolder.at(temporary.resolve("data")).lock();
    Map<String, String> options =
        Map.of(
            "http.port", "0",
            "ops.port", "0",
            "lanes.count", "1",
            "node.warm_up", "1s",
            "postgres.uri", primary.uri().toString(),
            "postgres.replicas", standby.uri().toString(),
            "database.replica_max_lag", "5s",
            "database.read_cache_ttl", CACHE_SECONDS + "s",
            "trading.strategies",
                Files.writeString(temporary.resolve("s.yaml"), eager()).toString());
    node =
        Node.start(
            Sub30Config.load(Optional.empty(), Map.of(), OpenRates.under(options)),
            folder,
            progress -> {});
    mint = new TokenMint(SigningKeys.open(folder.root()), EpochClock.SYSTEM);
    api = new Api(vertx, node.api(), HttpVersion.HTTP_2);
    grpc = new GrpcApi(vertx, node.api());
  }

  /** A strategy that signals with every batch, as soon as there are bars enough. */
  private static String eager() {
    String packaged = Sub30Config.packaged("/conf/strategies.yaml");
    return """
    strategies:
      - name: eager
        symbols: [EURUSD]
        hours: ['always']
        needs_prediction: false
        buy: bid > 0
        sell: bid < 0
        confidence: 0.7
        stop: 4 * spread
        target: 8 * spread
        size: {lots: 0.01}

    """
        + packaged.substring(packaged.indexOf("risk:\n")).replace("cooldown: 5m", "cooldown: 10s");
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
    grpc.close();
    node.close();
    folder.close();
    standby.close();
    primary.close();
    RunningNode.await(vertx.close());
  }

  @Test
  void signals_freshReplica_areReadFromItAndEqualThePrimarys() throws Exception {
    Terminal terminal = new Terminal("fresh");
    String earlier = terminal.signal();
    List<String> sent = List.of(terminal.signal(), earlier);

    JsonArray primarys = terminal.page().json().getJsonArray("items");
    assertThat(ids(primarys))
        .as("as soon as they are acknowledged")
        .containsExactlyElementsOf(sent);
    JsonObject page = terminal.awaitSource("replica:1").json();

    assertThat(page.getJsonArray("items")).isEqualTo(primarys);
    assertThat(recorded(primary.uri(), "fresh")).isEqualTo(sent);
    assertThat(page.fieldNames()).containsExactlyInAnyOrder("items", "next", "source");
    Reply again = terminal.page();
    assertThat(again.headers().contains("age")).isFalse();
    assertThat(again.headers().contains("cache-status")).isFalse();

    GrpcApi.Reply call = grpc.signals(terminal.token, 10);
    ListSignalsResponse answer = ListSignalsResponse.parseFrom(call.message());
    assertThat(answer.getSource()).isEqualTo("replica:1");
    assertThat(answer.getAgeMs()).isBetween(0L, 5_000L);
    assertThat(EpochClock.SYSTEM.epochMillis() - answer.getAsOfMsc()).isBetween(0L, 10_000L);
    assertThat(call.metadata("cache-status")).isNull();
    patiently().until(() -> replicaHealth().startsWith("true replica:1 at 127.0.0.1:"));
  }

  @Test
  void signals_replicaPaused_writerReadsItsOwnSignalAndALaggingReplicaIsNotUsed() throws Exception {
    Terminal idle = new Terminal("idle");
    Terminal writer = new Terminal("writer");
    idle.signal();
    writer.signal();
    idle.awaitSource("replica:1");
    writer.awaitSource("replica:1");

    standby.pause();
    try {
      String mine = writer.signal();
      JsonObject page = writer.page().json();
      assertThat(page.getString("source")).isEqualTo("primary");
      assertThat(ids(page.getJsonArray("items")).get(0)).isEqualTo(mine);
      // Who has not written may be shown what is less than five seconds old.
      assertThat(idle.page().json().getString("source")).isEqualTo("replica:1");
      assertThat(recorded(standby.uri(), "writer")).doesNotContain(mine);

      // Without writes the primary stands still; a replica that shows all is fresh even so.
      keepWriting(writer, () -> idle.page().json().getString("source").equals("primary"));
      // Told by the next heartbeat.
      patiently().until(() -> replicaHealth().startsWith("false replica:1 at "));
    } finally {
      standby.unpause();
    }
    idle.awaitSource("replica:1");
    JsonObject caughtUp = writer.awaitSource("replica:1").json();
    assertThat(ids(caughtUp.getJsonArray("items")))
        .isEqualTo(recorded(primary.uri(), "writer").stream().limit(10).toList());
  }

  @Test
  void signals_replicaStoppedOrHalted_areReadFromThePrimary() throws Exception {
    Terminal terminal = new Terminal("stopped");
    String sent = terminal.signal();
    terminal.awaitSource("replica:1");

    TestServers.halt(standby.pid());
    try {
      Reply page = terminal.page();
      assertThat(page.json().getString("source")).isEqualTo("primary");
      assertThat(ids(page.json().getJsonArray("items"))).containsExactly(sent);
      patiently().until(() -> replicaHealth().contains("does not answer"));
    } finally {
      TestServers.resume(standby.pid());
    }
    terminal.awaitSource("replica:1");

    standby.stop();
    Reply page = terminal.page();
    assertThat(page.json().getString("source")).isEqualTo("primary");
    assertThat(ids(page.json().getJsonArray("items"))).containsExactly(sent);
    patiently().until(() -> replicaHealth().startsWith("false"));
    JsonObject ready = ops("/health/ready");
    assertThat(ready.getString("status")).as(ready.encode()).isEqualTo("UP");

    standby.restart();
    terminal.awaitSource("replica:1");
  }

  @Test
  void signals_noServerAnswers_areCachedForAWhileAndOnesOwnOnly() throws Exception {
    Terminal terminal = new Terminal("cached");
    Terminal stranger = new Terminal("cached-2");
    String sent = terminal.signal();
    terminal.awaitSource("replica:1");
    double degraded = degraded();
    int port = primary.uri().getPort();
    JsonArray items = terminal.page().json().getJsonArray("items");
    GrpcApi.Reply served = grpc.signals(terminal.token, 10);
    assertThat(served.status()).isEqualTo("OK");
    standby.stop();
    primary.close();
    try {
      Reply page = terminal.page();
      assertThat(page.status()).as(page.body().toString()).isEqualTo(200);
      assertThat(page.json().getString("source")).isEqualTo("cache");
      assertThat(page.json().getJsonArray("items")).isEqualTo(items);
      assertThat(ids(items)).containsExactly(sent);
      assertThat(Integer.parseInt(page.headers().get("age"))).isBetween(0, CACHE_SECONDS - 1);
      assertThat(page.headers().get("cache-status")).isEqualTo("sub30; hit; detail=budget");

      GrpcApi.Reply call = grpc.signals(terminal.token, 10);
      assertThat(call.status()).isEqualTo("OK");
      ListSignalsResponse answer = ListSignalsResponse.parseFrom(call.message());
      assertThat(answer.getSource()).isEqualTo("cache");
      assertThat(answer.getItemsList())
          .isEqualTo(ListSignalsResponse.parseFrom(served.message()).getItemsList());
      assertThat(call.metadata("cache-status")).isEqualTo("sub30; hit; detail=budget");
      assertThat(call.metadata("age")).matches("\\d+");

      // Another tenant, and another query of the same one, for which nothing is cached.
      assertUnserved(stranger.page());
      assertUnserved(api.get("/v1/signals?limit=11", terminal.token));
      patiently().until(() -> degraded() >= degraded + 2);

      long[] oldest = new long[1];
      patiently()
          .until(
              () -> {
                Reply later = terminal.page();
                if (later.status() == 200) {
                  oldest[0] = Long.parseLong(later.headers().get("age"));
                }
                return later.status() != 200;
              });
      assertThat(oldest[0]).isBetween(CACHE_SECONDS - 3L, CACHE_SECONDS - 1L);
      assertUnserved(terminal.page());
    } finally {
      primary = TestServers.postgres(temporary.resolve("primary"), port);
      standby.restart();
    }
    assertThat(ids(terminal.awaitSource("replica:1").json().getJsonArray("items")))
        .containsExactly(sent);
    assertThat(ids(stranger.awaitSource("replica:1").json().getJsonArray("items"))).isEmpty();
  }

  /** They accept and never answer, so that every rung takes its whole share of the time. */
  @Test
  void signals_everyServerHalted_areCachedWithinTheTiersTime() throws Exception {
    Terminal terminal = new Terminal("halted");
    Terminal stranger = new Terminal("halted-2");
    String sent = terminal.signal();
    terminal.awaitSource("replica:1");
    terminal.page();
    TestServers.halt(standby.pid());
    TestServers.halt(primary.pid());
    try {
      Reply page = terminal.page();
      assertThat(page.status()).as(page.body().toString()).isEqualTo(200);
      assertThat(page.json().getString("source")).isEqualTo("cache");
      assertThat(ids(page.json().getJsonArray("items"))).containsExactly(sent);
      assertThat(page.headers().get("server-timing"))
          .containsPattern("total;dur=9\\d\\d\\.")
          .containsPattern("database_service;dur=9\\d\\d\\.")
          .containsPattern("response_assembly;dur=\\d\\d?\\.");
      assertThat(stranger.page().status()).isEqualTo(504);
    } finally {
      TestServers.resume(primary.pid());
      TestServers.resume(standby.pid());
    }
    terminal.awaitSource("replica:1");
  }

  private static void assertUnserved(Reply reply) {
    assertThat(reply.status()).as(reply.body().toString()).isIn(503, 504);
    assertThat(reply.body().toString()).doesNotContain("items").doesNotContain("EURUSD");
    assertThat(reply.headers().contains("age")).isFalse();
  }

  /** A terminal of a tenant of its own that asks for pages of ten. */
  private static final class Terminal {
    final String token;
    private final Submissions.Walk walk = new Submissions.Walk();
    private long sequence;

    Terminal(String tenant) {
      token = mint.mint(new TokenRequest(tenant, Tier.FREE, null, Duration.ofHours(1)));
    }

    /** Sends batches until one is answered with a signal; the signal's id. */
    String signal() throws Exception {
      for (int i = 0; i < 5; i++) {
        TickResult result = send();
        if (result.getSignalsCount() == 1 && result.getSignals(0).getSide() == Side.BUY) {
          return result.getSignals(0).getId();
        }
      }
      throw new AssertionError("no signal came");
    }

    TickResult send() throws Exception {
      sequence++;
      return acknowledged(api, token, walk.batch(sequence, WALK_TICKS), PROTOBUF).result();
    }

    Reply page() throws Exception {
      return api.get("/v1/signals?limit=10", token);
    }

    Reply awaitSource(String source) {
      Reply[] last = new Reply[1];
      patiently()
          .until(
              () -> {
                last[0] = page();
                return last[0].status() == 200 && source.equals(last[0].json().getString("source"));
              });
      return last[0];
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void keepWriting(Terminal writer, Condition until) {
    patiently()
        .until(
            () -> {
              writer.send();
              return until.holds();
            });
  }

  private static ConditionFactory patiently() {
    return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100));
  }

  private static List<String> ids(JsonArray items) {
    return items.stream().map(item -> ((JsonObject) item).getString("id")).toList();
  }

  /** Ids on that server, newest first. */
  private static List<String> recorded(URI server, String tenant) throws Exception {
    String[] user = server.getUserInfo().split(":", 2);
    String url = "jdbc:postgresql://127.0.0.1:" + server.getPort() + server.getPath();
    List<String> ids = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url, user[0], user[1]);
        PreparedStatement statement =
            connection.prepareStatement(
                "select id from signals where tenant = ? order by decided_msc desc, id desc")) {
      statement.setString(1, tenant);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getString(1));
        }
      }
    }
    return ids;
  }

  /** "true" or "false", and the detail. */
  private static String replicaHealth() throws Exception {
    for (Object item : ops("/health/ready").getJsonArray("checks")) {
      JsonObject check = (JsonObject) item;
      if (check.getString("name").equals("replica")) {
        return check.getJsonObject("data").getBoolean("available")
            + " "
            + check.getJsonObject("data").encode().replaceAll(".*?(replica:1 at [^\"]*).*", "$1");
      }
    }
    throw new AssertionError("no check of the replica");
  }

  private static JsonObject ops(String path) throws Exception {
    try (Api ops = new Api(vertx, node.ops(), HttpVersion.HTTP_1_1)) {
      return ops.get(path, null).json();
    }
  }

  private static double degraded() throws Exception {
    try (Api ops = new Api(vertx, node.ops(), HttpVersion.HTTP_1_1)) {
      Matcher matcher = DEGRADED.matcher(ops.get("/metrics", null).body().toString());
      return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
    }
  }
}
