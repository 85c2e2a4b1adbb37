package io.sub30.gateway;

import static io.sub30.gateway.Api.JSON;
import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Tier;
import io.sub30.gateway.Api.Reply;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpVersion;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tiers' rates at the real door, whichever way a tenant comes in. */
class RatesIT {

  @TempDir private static Path data;
  private static RunningNode server;

  @BeforeAll
  static void start() throws Exception {
    server =
        RunningNode.start(
            data, Map.of("rates.enterprise.per_second", "1", "rates.enterprise.burst", "3"));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  /** The token of a tenant whose three requests are spent, over as many connections. */
  private static String spent(String tenant) throws Exception {
    String token = server.token(tenant, Tier.ENTERPRISE, null);
    for (int i = 0; i < 3; i++) {
      try (Api api = server.api(i == 1 ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_2)) {
        Reply reply = api.get("/v1/signals", token);
        assertThat(reply.status()).as(reply.body().toString()).isNotEqualTo(429);
        assertThat(reply.headers().get("ratelimit-policy")).isEqualTo("\"enterprise\";q=3;w=3");
        assertThat(reply.headers().get("ratelimit")).startsWith("\"enterprise\";r=");
      }
    }
    return token;
  }

  private static void assertOverTheRate(Reply reply) {
    assertThat(reply.status()).isEqualTo(429);
    assertThat(reply.code()).isEqualTo("rate_limited");
    assertThat(reply.detail()).contains("tier enterprise has 1 requests a second, 3 at once");
    assertThat(reply.headers().get("ratelimit")).isEqualTo("\"enterprise\";r=0;t=1");
    assertThat(reply.headers().get("retry-after")).isEqualTo("1");
    assertThat(Integer.parseInt(reply.headers().get("retry-after-ms"))).isBetween(1, 1_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/signals",
        "/v1/quotes/EURUSD",
        "/v1/predictions/EURUSD",
        "/v1/bars/EURUSD?timeframe=M1"
      })
  void read_overTheRate_is429(String path) throws Exception {
    String token = spent("reads-" + path.substring(4, 8));
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      assertOverTheRate(api.get(path, token));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP_2", "HTTP_1_1"})
  void submit_overTheRate_is429AndNothingIsStored(HttpVersion version) throws Exception {
    String tenant = "batches-" + version.ordinal();
    String token = spent(tenant);
    try (Api api = server.api(version)) {
      assertOverTheRate(api.submit(token, batch("t", 1, 5), PROTOBUF));
      // The body is not looked at: it would be 400.
      assertOverTheRate(api.post(token, JSON, Buffer.buffer("{")));
    }
    assertThat(server.batches(tenant)).isZero();
  }

  @Test
  void submit_malformed_isCounted() throws Exception {
    String token = server.token("malformed", Tier.ENTERPRISE, null);
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      for (int i = 0; i < 3; i++) {
        assertThat(api.post(token, JSON, Buffer.buffer("{")).status()).isEqualTo(400);
      }
      assertOverTheRate(api.submit(token, batch("t", 1, 5), PROTOBUF));
    }
  }

  @Test
  void call_overTheRate_isResourceExhausted() throws Exception {
    String token = spent("grpc");
    try (GrpcApi api = new GrpcApi(server.vertx, server.node.api())) {
      for (GrpcApi.Reply reply :
          new GrpcApi.Reply[] {api.submit(token, batch("t", 1, 5)), api.signals(token, 1)}) {
        assertThat(reply.status()).isEqualTo("RESOURCE_EXHAUSTED");
        assertThat(reply.metadata("code")).isEqualTo("rate_limited");
        assertThat(reply.metadata("retry-after")).isEqualTo("1");
        assertThat(reply.metadata("retry-after-ms")).isNotNull();
        assertThat(reply.metadata("ratelimit")).isEqualTo("\"enterprise\";r=0;t=1");
      }
    }
    assertThat(server.batches("grpc")).isZero();
  }

  @Test
  void request_ofAnotherTenantOrWithoutAToken_isNotHeldToIt() throws Exception {
    spent("busy");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      Reply other = api.get("/v1/signals", server.token("idle", Tier.ENTERPRISE, null));
      assertThat(other.headers().get("ratelimit")).isEqualTo("\"enterprise\";r=2;t=1");
      Reply nobody = api.get("/v1/signals", null);
      assertThat(nobody.status()).isEqualTo(401);
      assertThat(nobody.headers().get("ratelimit")).isNull();
    }
  }
}
