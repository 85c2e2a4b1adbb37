package io.sub30.gateway;

import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.Submissions.acknowledged;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.gateway.Api.Reply;
import io.sub30.gateway.api.ApiRoute;
import io.sub30.gateway.identity.Scope;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.gateway.identity.TokenRequest;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads that a running node answers from its edge, and those it must not. */
class EdgeCacheIT {

  private static final String QUOTE = "/v1/quotes/EURUSD";
  private static final String HIT = "sub30; hit";
  private static final String STORED = "sub30; fwd=miss; stored";

  @TempDir private static Path data;
  private static RunningNode server;
  private static ApiDescription description;

  @BeforeAll
  static void start() throws Exception {
    // Answers that stay: what ends one is then what the test does.
    server =
        RunningNode.start(
            data,
            Map.of(
                "http.edge_cache.max_age",
                "60s",
                "rates.pro.per_second",
                "1",
                "rates.pro.burst",
                "20"));
    description = ApiDescription.read(server.vertx);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static Reply get(Api api, String path, @Nullable String token, String... headers)
      throws Exception {
    Map<String, String> more = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      more.put(headers[i], headers[i + 1]);
    }
    Reply reply = api.send(HttpMethod.GET, path, token, null, Buffer.buffer(), more);
    for (int i = 1; i < Submissions.ATTEMPTS && reply.status() >= 503; i++) {
      reply = api.send(HttpMethod.GET, path, token, null, Buffer.buffer(), more);
    }
    return reply;
  }

  private static String status(Reply reply) {
    assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
    return String.valueOf(reply.headers().get("cache-status"));
  }

  /** Asks until the answer is one that may be kept: bars wait for the relay, at the worst. */
  private static Reply stored(Api api, String path, String token) throws Exception {
    Reply reply = get(api, path, token, "cache-control", "no-cache");
    for (int i = 0; i < 50 && !status(reply).endsWith("stored"); i++) {
      reply = get(api, path, token, "cache-control", "no-cache");
    }
    assertThat(status(reply)).isEqualTo("sub30; fwd=request; stored");
    return reply;
  }

  // ---- hits

  @ParameterizedTest
  @EnumSource(names = {"HTTP_2", "HTTP_1_1"})
  void read_again_isAnsweredAtTheEdge(HttpVersion version) throws Exception {
    String token = server.token("again-" + version.ordinal());
    try (Api api = server.api(version)) {
      acknowledged(api, token, batch("t", 1, 5), PROTOBUF);
      for (String path : List.of(QUOTE, "/v1/bars/EURUSD?limit=5")) {
        Reply first = stored(api, path, token);
        assertThat(first.headers().get("cache-control")).isEqualTo("private, max-age=60");
        assertThat(first.headers().get("vary")).isEqualTo("authorization, accept");
        assertThat(first.headers().contains("age")).isFalse();
        assertThat(first.headers().get("server-timing")).contains("database_service;dur=");

        Reply second = get(api, path, token);
        assertThat(status(second)).isEqualTo(HIT);
        assertThat(second.body()).isEqualTo(first.body());
        for (String same : List.of("etag", "content-type", "vary", "cache-control")) {
          assertThat(second.headers().get(same)).as(same).isEqualTo(first.headers().get(same));
        }
        assertThat(Integer.parseInt(second.headers().get("age"))).isBetween(1, 60);
        assertThat(second.headers().get("server-timing"))
            .contains("edge_cache;desc=hit")
            .contains("total;dur=")
            .doesNotContain("database_service")
            .doesNotContain("central_hub");
        assertThat(second.headers().get("x-request-id"))
            .isNotEqualTo(first.headers().get("x-request-id"));
        assertThat(second.headers().contains("ratelimit")).isTrue();
        description.check(path.equals(QUOTE) ? ApiRoute.QUOTE : ApiRoute.BARS, second);
      }
    }
  }

  @Test
  void read_inAnotherSpelling_isTheSameQuestion() throws Exception {
    String token = server.token("spelled");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      acknowledged(api, token, batch("t", 1, 5), PROTOBUF);
      stored(api, "/v1/bars/EURUSD?limit=100&timeframe=M1", token);
      assertThat(status(get(api, "/v1/bars/EURUSD.m?timeframe=M1&limit=100", token)))
          .isEqualTo(HIT);
      assertThat(status(get(api, "/v1/bars/EURUSD", token))).isEqualTo(HIT);
      assertThat(status(get(api, "/v1/bars/EURUSD?limit=99", token))).isNotEqualTo(HIT);

      stored(api, QUOTE + "?terminal=t", token);
      assertThat(status(get(api, "/v1/quotes/%45URUSD?terminal=t", token))).isEqualTo(HIT);
      // A token bound to that terminal asks for it without saying so.
      String bound = server.token("spelled", Tier.FREE, "t");
      assertThat(status(get(api, QUOTE, bound))).isEqualTo(HIT);
      assertThat(status(get(api, QUOTE, token))).isEqualTo(STORED);
      assertThat(status(get(api, QUOTE, token, "accept", PROTOBUF))).isEqualTo(STORED);
      assertThat(get(api, QUOTE, token, "accept", PROTOBUF).headers().get("content-type"))
          .isEqualTo(PROTOBUF);
      assertThat(status(get(api, QUOTE, token, "accept", PROTOBUF))).isEqualTo(HIT);
    }
  }

  @Test
  void prediction_again_isAnsweredAtTheEdge() throws Exception {
    String token = server.token("predicted");
    Submissions.Walk walk = new Submissions.Walk();
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      boolean given = false;
      for (int sequence = 1; sequence <= 60 && !given; sequence++) {
        given =
            acknowledged(api, token, walk.batch(sequence, 100), PROTOBUF)
                    .result()
                    .getPredictionsCount()
                > 0;
      }
      assertThat(given).as("predictions in 6,000 ticks").isTrue();
      Reply first = stored(api, "/v1/predictions/EURUSD", token);
      Reply second = get(api, "/v1/predictions/EURUSD", token);
      assertThat(status(second)).isEqualTo(HIT);
      assertThat(second.body()).isEqualTo(first.body());
    }
  }

  // ---- 304

  @ParameterizedTest
  @EnumSource(names = {"HTTP_2", "HTTP_1_1"})
  void ifNoneMatch_whatTheClientHas_is304FromTheEdgeAndFromTheLane(HttpVersion version)
      throws Exception {
    String token = server.token("validated-" + version.ordinal());
    try (Api api = server.api(version)) {
      acknowledged(api, token, batch("t", 1, 5), PROTOBUF);
      stored(api, QUOTE, token);
      Reply first = stored(api, QUOTE, token);
      String tag = first.headers().get("etag");
      assertThat(tag).matches("\"[0-9a-f]{24}\"");

      Reply atTheEdge = get(api, QUOTE, token, "if-none-match", "\"x\", W/" + tag);
      assertNotModified(atTheEdge, first);
      assertThat(atTheEdge.headers().get("cache-status")).isEqualTo(HIT);
      assertThat(atTheEdge.headers().contains("age")).isTrue();

      Reply fromTheLane = get(api, QUOTE, token, "if-none-match", tag, "cache-control", "no-cache");
      assertNotModified(fromTheLane, first);
      assertThat(fromTheLane.headers().get("cache-status")).isEqualTo("sub30; fwd=request; stored");
      assertThat(fromTheLane.headers().contains("age")).isFalse();

      // Refused, and so nothing has changed; but the edge has to ask again.
      TickBatch.Builder bad = batch("t", 2, 1).toBuilder();
      bad.getTicksBuilder(0).setSymbol("NOSUCH");
      assertThat(api.submit(token, bad.build(), PROTOBUF).status()).isEqualTo(422);
      Reply again = get(api, QUOTE, token, "if-none-match", tag);
      assertNotModified(again, first);
      assertThat(again.headers().get("cache-status")).isEqualTo(STORED);

      assertThat(get(api, QUOTE, token, "if-none-match", "\"x\"").body()).isEqualTo(first.body());
      acknowledged(api, token, batch("t", 2, 5), PROTOBUF);
      Reply changed = get(api, QUOTE, token, "if-none-match", tag);
      assertThat(changed.status()).isEqualTo(200);
      assertThat(changed.headers().get("etag")).isNotEqualTo(tag);
    }
  }

  private static void assertNotModified(Reply reply, Reply first) {
    assertThat(reply.status()).isEqualTo(304);
    assertThat(reply.body().length()).isZero();
    for (String same : List.of("etag", "vary", "cache-control")) {
      assertThat(reply.headers().get(same)).as(same).isEqualTo(first.headers().get(same));
    }
    assertThat(reply.headers().contains("server-timing")).isTrue();
    assertThat(reply.headers().contains("x-request-id")).isTrue();
    description.check(ApiRoute.QUOTE, reply);
  }

  // ---- writes

  @ParameterizedTest
  @ValueSource(strings = {"http", "stream", "grpc"})
  void acknowledged_overAnyDoor_isReadAtOnceOverAnyConnection(String door) throws Exception {
    String tenant = "writes-" + door;
    String token = server.token(tenant);
    try (Api writer = server.api(HttpVersion.HTTP_2);
        Api other = server.api(HttpVersion.HTTP_1_1);
        GrpcApi grpc = new GrpcApi(server.vertx, server.node.api())) {
      acknowledged(writer, token, batch("t", 1, 5), PROTOBUF);
      for (int sequence = 2; sequence <= 30; sequence++) {
        for (Api reader : List.of(writer, other)) {
          assertThat(get(reader, QUOTE, token).json().getLong("sequence")).isEqualTo(sequence - 1);
          assertThat(status(get(reader, QUOTE, token))).isEqualTo(HIT);
        }
        write(door, writer, grpc, token, sequence);
        for (Api reader : List.of(other, writer)) {
          assertThat(get(reader, QUOTE, token).json().getLong("sequence")).isEqualTo(sequence);
        }
      }
    }
  }

  private static void write(String door, Api api, GrpcApi grpc, String token, int sequence)
      throws Exception {
    switch (door) {
      case "http" -> acknowledged(api, token, batch("t", sequence, 5), PROTOBUF);
      case "stream" -> {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        batch("t", sequence, 5).writeDelimitedTo(body);
        Reply reply =
            api.send(
                HttpMethod.POST,
                ApiRoute.STREAM.template(),
                token,
                PROTOBUF,
                Buffer.buffer(body.toByteArray()),
                Map.of());
        assertThat(reply.status()).isEqualTo(200);
        assertThat(
                TickResult.parseDelimitedFrom(new ByteArrayInputStream(reply.body().getBytes()))
                    .getDurable())
            .isTrue();
      }
      default -> {
        GrpcApi.Reply reply =
            grpc.call("SubmitTicks", token, Buffer.buffer(batch("t", sequence, 5).toByteArray()));
        assertThat(reply.status()).as(reply.detail()).isEqualTo("OK");
      }
    }
  }

  // ---- who may be answered

  @Test
  void read_anotherTenants_isNeverFromTheEdge() throws Exception {
    String token = server.token("owner");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      acknowledged(api, token, batch("t", 1, 5), PROTOBUF);
      Reply owners = stored(api, QUOTE, token);
      assertThat(status(get(api, QUOTE, token))).isEqualTo(HIT);
      String tag = owners.headers().get("etag");
      for (String tenant : List.of("other", "owner2", "owner-", "owne")) {
        String foreign = server.token(tenant);
        for (String path : List.of(QUOTE, QUOTE + "?terminal=t")) {
          Reply reply = get(api, path, foreign, "if-none-match", tag);
          assertThat(reply.status()).as(tenant).isEqualTo(404);
          assertThat(reply.headers().get("cache-control")).isEqualTo("no-store");
          assertThat(reply.headers().contains("etag")).isFalse();
          assertThat(reply.headers().contains("cache-status")).isFalse();
        }
        // Nor is the refusal kept: it is another one's next answer that would be wrong.
        assertThat(get(api, QUOTE, foreign, "if-none-match", "*").status()).isEqualTo(404);
      }
      // Another tier of the tenant asks its own lane.
      Reply pro = get(api, QUOTE, server.token("owner", Tier.PRO, null));
      assertThat(status(pro)).isNotEqualTo(HIT);
    }
  }

  @Test
  void read_whatIsKept_needsAGoodTokenItsScopeAndItsTerminal() throws Exception {
    String token = server.token("guarded");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      acknowledged(api, token, batch("t", 1, 5), PROTOBUF);
      String tag = stored(api, QUOTE + "?terminal=t", token).headers().get("etag");
      String path = QUOTE + "?terminal=t";
      assertThat(status(get(api, path, token))).isEqualTo(HIT);

      assertThat(get(api, path, null, "if-none-match", tag).status()).isEqualTo(401);
      assertThat(get(api, path, token + "x", "if-none-match", tag).status()).isEqualTo(401);
      String writes =
          new TokenMint(server.keys, EpochClock.SYSTEM)
              .mint(
                  new TokenRequest(
                      "guarded",
                      Tier.FREE,
                      null,
                      Duration.ofHours(1),
                      EnumSet.of(Scope.TICKS_WRITE),
                      null));
      assertThat(get(api, path, writes, "if-none-match", tag).status()).isEqualTo(403);
      String bound = server.token("guarded", Tier.FREE, "u");
      assertThat(get(api, path, bound, "if-none-match", tag).status()).isEqualTo(403);
    }
  }

  @Test
  void read_whatIsKept_countsAgainstTheRate() throws Exception {
    String token = server.token("rated", Tier.PRO, null);
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      acknowledged(api, token, batch("t", 1, 5), PROTOBUF);
      String tag = stored(api, QUOTE, token).headers().get("etag");
      Reply reply = get(api, QUOTE, token, "if-none-match", tag);
      for (int i = 0; i < 40 && reply.status() != 429; i++) {
        assertThat(reply.headers().get("cache-status")).isEqualTo(HIT);
        reply = get(api, QUOTE, token, "if-none-match", tag);
      }
      assertThat(reply.status()).isEqualTo(429);
      assertThat(reply.headers().get("cache-control")).isEqualTo("no-store");
    }
  }

  // ---- metrics

  @Test
  void metrics_hitsMissesAndBytes_areCounted() throws Exception {
    String token = server.token("counted");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      acknowledged(api, token, batch("t", 1, 5), PROTOBUF);
      String tag = stored(api, QUOTE, token).headers().get("etag");
      double hits = metric("sub30_edge_cache_reads_total{result=\"hit\"}");
      double forced = metric("sub30_edge_cache_reads_total{result=\"forced\"}");
      double revalidated = metric("sub30_edge_cache_revalidated_total");
      get(api, QUOTE, token);
      get(api, QUOTE, token, "if-none-match", tag);
      get(api, QUOTE, token, "cache-control", "no-cache");
      assertThat(metric("sub30_edge_cache_reads_total{result=\"hit\"}")).isEqualTo(hits + 2);
      assertThat(metric("sub30_edge_cache_reads_total{result=\"forced\"}")).isEqualTo(forced + 1);
      assertThat(metric("sub30_edge_cache_revalidated_total")).isEqualTo(revalidated + 1);
      assertThat(metric("sub30_edge_cache_reads_total{result=\"miss\"}")).isNotNegative();
      assertThat(metric("sub30_edge_cache_evicted_total")).isZero();
      assertThat(metric("sub30_edge_cache_bytes")).isBetween(500.0, 1e6);
    }
  }

  private static double metric(String name) throws Exception {
    Matcher line =
        Pattern.compile("(?m)^" + Pattern.quote(name) + " ([0-9.E]+)$")
            .matcher(server.ops("/metrics").body().toString());
    assertThat(line.find()).as(name).isTrue();
    return Double.parseDouble(line.group(1));
  }

  // ---- a second

  @Test
  void read_underTheDefault_isServedForASecondAndThenAskedAgain(@TempDir Path own)
      throws Exception {
    try (RunningNode node = RunningNode.start(own);
        Api api = node.api(HttpVersion.HTTP_2)) {
      String token = node.token("default");
      acknowledged(api, token, batch("t", 1, 5), PROTOBUF);
      Reply first = stored(api, QUOTE, token);
      assertThat(first.headers().get("cache-control")).isEqualTo("private, max-age=1");
      await()
          .atMost(Duration.ofSeconds(10))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> status(get(api, QUOTE, token)).equals(STORED));
      assertThat(status(get(api, QUOTE, token))).isEqualTo(HIT);
    }
  }
}
