package io.sub30.gateway;

import static io.sub30.gateway.Api.JSON;
import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.RunningNode.await;
import static io.sub30.gateway.Submissions.acknowledged;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sub30.budget.Tier;
import io.sub30.bus.FaultPoint;
import io.sub30.config.FaultSpec;
import io.sub30.gateway.Api.Reply;
import io.sub30.v1.Degraded;
import io.sub30.v1.HopSpend;
import io.sub30.v1.Signal;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drills on a running node: what a client sees while a hop or a store is slow or fails. */
class DrillsIT {

  private static final Pattern TOTAL = Pattern.compile("total;dur=([0-9.]+)");

  @TempDir private static Path data;
  private static RunningNode server;
  private static JsonObject faultsAtReady;

  @BeforeAll
  static void start() throws Exception {
    // Configured from the start, so it is there when the node is ready and not while it warms up:
    // with this fault no rehearsal would be answered.
    server =
        RunningNode.start(
            data,
            Map.of(
                "faults.enabled",
                "true",
                "faults.postgres",
                "fail=1",
                // A slow store is for the budget to see here, and not for the breaker before it.
                "breakers.postgres.slow",
                "1s"));
    faultsAtReady = server.ops("/faults").json();
    server.node.faults().clear();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @AfterEach
  void clear() {
    server.node.faults().clear();
  }

  @Test
  void configured_whenReady_isInForce() {
    assertThat(faultsAtReady.getString("postgres")).isEqualTo("fail=1");
    assertThat(faultsAtReady.getString("ml")).isEmpty();
  }

  @Test
  void ml_delayedByPut_showsInTheAnswerUntilCleared() throws Exception {
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      String token = server.token("ml-slow");
      acknowledged(api, token, batch("t", 1, 20), PROTOBUF);

      assertThat(put("{\"ml\": \"delay=50ms\"}").status()).isEqualTo(200);
      HopSpend slow = ml(acknowledged(api, token, batch("t", 2, 20), PROTOBUF).result());
      assertThat(slow.getServiceUs()).isBetween(50_000L, 900_000L);

      Reply cleared = put("{\"ml\": \"\"}");
      assertThat(cleared.json().getString("ml")).isEmpty();
      // The delay is gone for good: some of several is quick on any machine.
      long quickest = Long.MAX_VALUE;
      for (int sequence = 3; sequence <= 10; sequence++) {
        Reply reply = acknowledged(api, token, batch("t", sequence, 20), PROTOBUF);
        quickest = Math.min(quickest, ml(reply.result()).getServiceUs());
      }
      assertThat(quickest).isLessThan(50_000);
    }
    assertThat(server.batches("ml-slow")).isEqualTo(10);
  }

  @Test
  void ml_failing_degradesTheAnswerWhichIsStored() throws Exception {
    set(FaultPoint.ML, "fail=1");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      TickResult result =
          acknowledged(api, server.token("ml-down"), batch("t", 1, 20), PROTOBUF).result();

      assertThat(result.getDurable()).isTrue();
      assertThat(result.getDegradedList())
          .extracting(Degraded::getHop, Degraded::getReason)
          .contains(tuple("ml_processing", "unavailable"));
      assertThat(ml(result).getOutcome()).isEqualTo("failed");
    }
    assertThat(server.batches("ml-down")).isEqualTo(1);
  }

  @Test
  void trading_failing_holdsAndGoesOnAfterwards() throws Exception {
    set(FaultPoint.TRADING, "fail=1");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      String token = server.token("trading-down");
      TickResult result = acknowledged(api, token, batch("t", 1, 20), PROTOBUF).result();
      assertThat(result.getSignalsList())
          .flatExtracting(Signal::getReasonsList)
          .containsExactly("trading_unavailable");

      server.node.faults().clear();
      result = acknowledged(api, token, batch("t", 2, 20), PROTOBUF).result();
      assertThat(result.getSignalsList())
          .flatExtracting(Signal::getReasonsList)
          .containsExactly("not_warm");
    }
    assertThat(server.batches("trading-down")).isEqualTo(2);
  }

  @Test
  void dataBridge_failing_refusesAndTheSameBatchIsTakenAfterwards() throws Exception {
    assertRefusedThenTaken(FaultPoint.DATA_BRIDGE, "bridge-down");
  }

  @Test
  void database_failing_refusesAndTheSameBatchIsTakenAfterwards() throws Exception {
    assertRefusedThenTaken(FaultPoint.DATABASE, "database-down");
  }

  @Test
  void postgres_failing_refusesAndTheSameBatchIsTakenAfterwards() throws Exception {
    assertRefusedThenTaken(FaultPoint.POSTGRES, "postgres-down");
  }

  /** Only what is tried can be seen to be quick again, so probes must reach the commit. */
  @Test
  void postgres_slowForAWhile_servesAgainWithinSeconds() throws Exception {
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      // While a probe of one holds its cell, the other is refused for the lane's sake alone.
      String[] tokens = {
        server.token("postgres-slow", Tier.ENTERPRISE, null),
        server.token("postgres-slow-2", Tier.ENTERPRISE, null)
      };
      acknowledged(api, tokens[0], batch("t", 1, 20), PROTOBUF);
      acknowledged(api, tokens[1], batch("t", 1, 20), PROTOBUF);
      // Late, and over before the pause between two probes is: both cells are free in between.
      set(FaultPoint.POSTGRES, "delay=35ms");
      // Until nearly all that is known of commits is slow: each of these was let in.
      int sequence = 1;
      boolean refusedAtOnce = false;
      for (int late = 0; late < 40 || !refusedAtOnce; ) {
        Reply reply = api.submit(tokens[sequence % 2], batch("t", ++sequence, 20), PROTOBUF);
        assertThat(reply.status()).isIn(503, 504);
        late += reply.status() == 504 ? 1 : 0;
        refusedAtOnce |= reply.body().toString().contains("turned away just now");
        assertThat(sequence).as("refused at once: %s", refusedAtOnce).isLessThan(50_000);
      }

      server.node.faults().clear();
      int next = sequence + 1;
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> api.submit(tokens[0], batch("t", next, 20), PROTOBUF).status() == 200);
    }
  }

  /** With the response's own line left: what is late is heard of in time. */
  @Test
  void postgres_tooLate_isToldBeforeTheDeadline() throws Exception {
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      List<Double> totals = new ArrayList<>();
      for (int i = 0; totals.size() < 3; i++) {
        assertThat(i).isLessThan(100);
        String token = server.token("postgres-late-" + i, Tier.ENTERPRISE, null);
        server.node.faults().clear();
        if (api.submit(token, batch("t", 1, 20), PROTOBUF).status() != 200) {
          Thread.sleep(50); // other drills have left slow commits in what is known
          continue;
        }
        set(FaultPoint.POSTGRES, "delay=200ms");
        Reply reply = api.submit(token, batch("t", 2, 20), PROTOBUF);
        if (reply.body().toString().contains("did not answer in time")) {
          Matcher total = TOTAL.matcher(reply.headers().get("server-timing"));
          assertThat(total.find()).isTrue();
          totals.add(Double.parseDouble(total.group(1)));
        }
      }
      // A pause of the machine may hold back one.
      assertThat(Collections.min(totals)).as(totals.toString()).isBetween(20.0, 29.9);
    }
  }

  private static void assertRefusedThenTaken(FaultPoint point, String tenant) throws Exception {
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      String token = server.token(tenant);
      acknowledged(api, token, batch("t", 1, 20), PROTOBUF);
      set(point, "fail=1");

      Reply refused = api.submit(token, batch("t", 2, 20), PROTOBUF);
      assertThat(refused.status()).as(refused.body().toString()).isEqualTo(503);
      assertThat(refused.code()).isEqualTo("unavailable");
      assertThat(server.batches(tenant)).isEqualTo(1);

      server.node.faults().clear();
      TickResult taken = acknowledged(api, token, batch("t", 2, 20), PROTOBUF).result();
      assertThat(taken.getAccepted()).isEqualTo(20);
      assertThat(server.batches(tenant)).isEqualTo(2);
    }
  }

  @Test
  void postgresReads_failing_areServedFromTheCacheOrRefused() throws Exception {
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      String token = server.token("reader");
      assertThat(api.get("/v1/signals", token).status()).isEqualTo(200);
      set(FaultPoint.POSTGRES, "fail=1");
      Awaitility.await() // a page is kept just after it was answered
          .atMost(Duration.ofSeconds(5))
          .until(() -> api.get("/v1/signals", token).status() == 200);
      assertThat(api.get("/v1/signals", token).headers().get("cache-status"))
          .isEqualTo("sub30; hit; detail=budget");
      assertThat(api.get("/v1/signals", server.token("stranger")).status()).isEqualTo(503);
    }
  }

  private static boolean redisCallsFailed() throws Exception {
    Pattern failed =
        Pattern.compile("sub30_breaker_calls_total\\{.*\"redis\".*outcome=\"failed\".*} [1-9].*");
    return server
        .ops("/metrics")
        .body()
        .toString()
        .lines()
        .anyMatch(line -> failed.matcher(line).matches());
  }

  @Test
  void redis_laterThanItsTimeout_costsNoRequest() throws Exception {
    set(FaultPoint.REDIS, "delay=1s");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      String token = server.token("redis-slow");
      for (int sequence = 1; sequence <= 30; sequence++) {
        acknowledged(api, token, batch("t", sequence, 20), PROTOBUF);
      }
      Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> redisCallsFailed());
    }
    assertThat(server.batches("redis-slow")).isEqualTo(30);
  }

  @Test
  void columnar_failing_isCaughtUpAfterwards() throws Exception {
    set(FaultPoint.COLUMNAR, "fail=1");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      acknowledged(api, server.token("columnar-down"), batch("t", 1, 20), PROTOBUF);
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> server.ops("/hub").body().toString().contains("fault injected at columnar"));

    server.node.faults().clear();
    Future<Void> caughtUp = server.node.storage().caughtUp();
    await(caughtUp);
  }

  private static HopSpend ml(TickResult result) {
    return result.getBudget().getHopsList().stream()
        .filter(hop -> hop.getHop().equals("ml_processing"))
        .findFirst()
        .orElseThrow();
  }

  private static void set(FaultPoint point, String text) {
    server.node.faults().set(point, FaultSpec.parse(text));
  }

  private static Reply put(String body) throws Exception {
    try (Api api = new Api(server.vertx, server.node.ops(), HttpVersion.HTTP_1_1)) {
      return api.send(HttpMethod.PUT, "/faults", null, JSON, Buffer.buffer(body), Map.of());
    }
  }
}
