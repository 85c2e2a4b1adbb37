package io.sub30.gateway;

import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.Submissions.ATTEMPTS;
import static io.sub30.gateway.Submissions.T0;
import static io.sub30.gateway.Submissions.acknowledged;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Tier;
import io.sub30.gateway.Api.Reply;
import io.sub30.v1.ListSignalsResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be read of a running node: recorded signals, and what operators look at. */
class GatewayReadsIT {

  @TempDir private static Path data;
  private static RunningNode server;

  @BeforeAll
  static void start() throws Exception {
    server = RunningNode.start(data);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  // ---- signals

  @Test
  void signals_pages_areCompleteNewestFirstAndOnlyOnesOwn() throws Exception {
    for (int i = 0; i < 7; i++) {
      // Two in one millisecond: a page may end between them.
      server.recordSignal(
          "reader", i < 5 ? "a" : "b", i % 2 == 0 ? "EURUSD" : "GBPUSD", "s" + i, T0 + i / 2);
    }
    server.recordSignal("stranger", "a", "EURUSD", "x", T0 + 9);
    String token = server.token("reader");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      List<String> ids = new ArrayList<>();
      String cursor = "";
      int pages = 0;
      do {
        String more = cursor.isEmpty() ? "" : "&cursor=" + cursor;
        Reply page = signals(api, token, "?limit=3" + more);
        ids.addAll(ids(page));
        cursor = page.json().getString("next");
        pages++;
      } while (!cursor.isEmpty() && pages < 9);

      assertThat(ids).containsExactly("s6", "s5", "s4", "s3", "s2", "s1", "s0");
      assertThat(pages).isEqualTo(3);
      assertThat(ids(signals(api, token, "?symbol=GBPUSD"))).containsExactly("s5", "s3", "s1");
      assertThat(ids(signals(api, token, "?terminal=b"))).containsExactly("s6", "s5");
      assertThat(ids(signals(api, token, "?since=" + (T0 + 3)))).containsExactly("s6");
      assertThat(ids(signals(api, token, "?since=2026-01-05T12:00:00.002Z&terminal=a")))
          .containsExactly("s4");
      assertThat(ids(signals(api, server.token("nobody"), ""))).isEmpty();
      assertThat(ids(signals(api, server.token("stranger"), ""))).containsExactly("x");

      JsonObject signal =
          signals(api, token, "?limit=1").json().getJsonArray("items").getJsonObject(0);
      assertThat(signal.getString("side")).isEqualTo("BUY");
      assertThat(signal.getDouble("entry")).isEqualTo(1.1);
      assertThat(signal.getJsonArray("reasons")).containsExactly("a", "b");
      assertThat(signal.getLong("decided_msc")).isEqualTo(T0 + 3);
    }
    try (GrpcApi api = new GrpcApi(server.vertx, server.node.api())) {
      GrpcApi.Reply page = api.signals(token, 2);
      assertThat(page.status()).isEqualTo("OK");
      assertThat(ListSignalsResponse.parseFrom(page.message()).getItemsList())
          .extracting(item -> item.getSignal().getId())
          .containsExactly("s6", "s5");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0",
    "limit=501",
    "limit=x",
    "since=yesterday",
    "terminal=a/b",
    "symbol=",
    "cursor=!",
    "cursor=AAAA",
    "colour=red",
    "limit=1&limit=2"
  })
  void signals_badQuery_isMalformed(String query) throws Exception {
    try (Api api = server.api(HttpVersion.HTTP_1_1)) {
      Reply reply = api.get("/v1/signals?" + query, server.token("reader2"));
      assertThat(reply.status()).as(reply.body().toString()).isEqualTo(400);
      assertThat(reply.code()).isEqualTo("malformed");
      assertThat(reply.detail()).isNotEmpty();
    }
  }

  // ---- operators

  @Test
  void ready_running_isUpWithEveryDependency() throws Exception {
    Reply ready = server.ops("/health/ready");
    assertThat(ready.status()).isEqualTo(200);
    assertThat(ready.json().getString("status")).isEqualTo("UP");
    List<String> up = new ArrayList<>();
    for (Object item : ready.json().getJsonArray("checks")) {
      JsonObject check = (JsonObject) item;
      assertThat(check.getString("status")).as(check.encode()).isEqualTo("UP");
      if (check.getJsonObject("data").getBoolean("available", true)) {
        up.add(check.getString("name"));
      }
    }
    assertThat(up)
        .contains("postgres", "redis", "columnar", "central_hub", "warm_up")
        .contains("gateway", "data_bridge", "ml", "trading", "database");
    assertThat(server.ops("/health/live").status()).isEqualTo(200);
    assertThat(server.ops("/health/started").status()).isEqualTo(200);
  }

  @Test
  void metricsAndBudget_afterARequest_haveCountedIt() throws Exception {
    long before = count("pro");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      acknowledged(api, server.token("counted", Tier.PRO, null), batch("t", 1, 5), PROTOBUF);
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(count("pro")).isGreaterThan(before));
    assertThat(server.ops("/metrics").body().toString())
        .contains("sub30_hop_seconds")
        .contains("sub30_request_seconds")
        .containsPattern("sub30_request_seconds_count\\{[^}]*tier=\"pro\"");
  }

  private static long count(String tier) throws Exception {
    for (Object item : server.ops("/budget").json().getJsonArray("tiers")) {
      if (((JsonObject) item).getString("tier").equals(tier)) {
        return ((JsonObject) item).getLong("count");
      }
    }
    throw new AssertionError("no tier " + tier);
  }

  private static Reply signals(Api api, String token, String query) throws Exception {
    Reply reply = api.get("/v1/signals" + query, token);
    for (int i = 1; i < ATTEMPTS && reply.status() >= 503; i++) {
      reply = api.get("/v1/signals" + query, token);
    }
    assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
    return reply;
  }

  private static List<String> ids(Reply page) {
    return page.json().getJsonArray("items").stream()
        .map(item -> ((JsonObject) item).getString("id"))
        .collect(Collectors.toList());
  }
}
