package io.sub30.gateway;

import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.RunningNode.await;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sub30.budget.Tier;
import io.sub30.gateway.Api.Reply;
import io.sub30.gateway.requests.RequestTimeout;
import io.sub30.v1.Budget;
import io.sub30.v1.HopSpend;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches over the rate that wait for their tenants' turns, at the real door: one a second. */
class WaitingIT {

  private static final long SECOND_MICROS = 1_000_000;

  /** The code of RST_STREAM. */
  private static final long CANCEL = 8;

  /** Bytes before a message: compressed or not, and its length. */
  private static final int PREFIX = 5;

  @TempDir private static Path data;
  private static RunningNode server;

  @BeforeAll
  static void start() throws Exception {
    server =
        RunningNode.start(
            data,
            Map.of(
                "rates.free.per_second", "1",
                "rates.free.burst", "1",
                "rates.free.max_wait", "5s",
                "rates.pro.per_second", "1",
                "rates.pro.burst", "1",
                "rates.waiting_per_tenant", "3",
                "budget.tiers.free", "8s"));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static long waitMicros(Budget budget) {
    return budget.getHopsList().stream()
        .filter(hop -> hop.getHop().equals("api_gateway"))
        .mapToLong(HopSpend::getWaitUs)
        .sum();
  }

  private static void assertWaited(Budget budget) {
    // The first one's turn was a second ago by then, less what its answer took.
    assertThat(waitMicros(budget)).isBetween(SECOND_MICROS / 10, 2 * SECOND_MICROS);
    assertThat(budget.getSpentUs()).isGreaterThanOrEqualTo(waitMicros(budget));
    long lines =
        budget.getHopsList().stream().mapToLong(hop -> hop.getWaitUs() + hop.getServiceUs()).sum();
    assertThat(lines).isBetween(budget.getSpentUs() - 100, budget.getSpentUs() + 100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP_2", "HTTP_1_1"})
  void submit_freeOverTheRate_waitsForItsTurnAndIsStored(HttpVersion version) throws Exception {
    String tenant = "patient-" + version.ordinal();
    String token = server.token(tenant);
    try (Api api = server.api(version)) {
      assertThat(api.submit(token, batch("t", 1, 5), PROTOBUF).status()).isEqualTo(200);
      Reply second = api.submit(token, batch("t", 2, 5), PROTOBUF);
      assertThat(second.status()).as(second.body().toString()).isEqualTo(200);
      assertThat(second.headers().get("ratelimit")).isEqualTo("\"free\";r=0;t=1");
      assertWaited(second.result().getBudget());
    }
    assertThat(server.batches(tenant)).isEqualTo(2);
  }

  @Test
  void call_freeOverTheRate_waitsForItsTurnAndIsStored() throws Exception {
    String token = server.token("patient-grpc");
    try (GrpcApi api = new GrpcApi(server.vertx, server.node.api())) {
      assertThat(api.submit(token, batch("t", 1, 5)).status()).isEqualTo("OK");
      GrpcApi.Reply second = api.submit(token, batch("t", 2, 5));
      assertThat(second.status()).as(second.detail()).isEqualTo("OK");
      assertWaited(TickResult.parseFrom(second.message()).getBudget());
    }
    assertThat(server.batches("patient-grpc")).isEqualTo(2);
  }

  /** Its turn comes in a second, which is later than the client wants to wait. */
  @Test
  void submit_clientIsLessPatient_is429AtOnce() throws Exception {
    String token = server.token("hasty");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      assertThat(api.submit(token, batch("t", 1, 5), PROTOBUF).status()).isEqualTo(200);
      Buffer body = Buffer.buffer(batch("t", 2, 5).toByteArray());
      Map<String, String> hasty = Map.of(RequestTimeout.HEADER, "31");
      Reply second = api.post(token, PROTOBUF, body, hasty);
      assertThat(second.status()).isEqualTo(429);
      assertThat(second.code()).isEqualTo("rate_limited");
      assertThat(Integer.parseInt(second.headers().get("retry-after-ms"))).isBetween(1, 1_000);
    }
    assertThat(server.batches("hasty")).isEqualTo(1);
  }

  @Test
  void submit_proOverTheRate_is429() throws Exception {
    String token = server.token("pro", Tier.PRO, null);
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      api.get("/v1/signals", token);
      assertThat(api.submit(token, batch("t", 1, 5), PROTOBUF).status()).isEqualTo(429);
    }
  }

  @Test
  void read_freeOverTheRate_is429AtOnce() throws Exception {
    String token = server.token("reader");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      assertThat(api.get("/v1/signals", token).status()).isEqualTo(200);
      assertThat(api.get("/v1/signals", token).status()).isEqualTo(429);
    }
  }

  /** Three wait, a fourth has no place; one goes, and the one behind it has its turn. */
  @Test
  void submit_clientGoesWhileItWaits_freesItsPlace() throws Exception {
    String tenant = "gone";
    String token = server.token(tenant);
    HttpClient client = oneConnection();
    try (Api reads = server.api(HttpVersion.HTTP_2)) {
      assertThat(status(send(client, token, 1))).isEqualTo(200);
      HttpClientRequest second = send(client, token, 2);
      HttpClientRequest third = send(client, token, 3);
      HttpClientRequest fourth = send(client, token, 4);
      assertThat(status(send(client, token, 5))).isEqualTo(429);
      assertThat(waiting()).isBetween(2.0, 3.0);
      assertThat(reads.get("/v1/signals", server.token("another")).status()).isEqualTo(200);

      await(third.reset().otherwiseEmpty());
      await().atMost(Duration.ofSeconds(1)).until(() -> waiting() <= 2);
      assertThat(status(second)).isEqualTo(200);
      // Two seconds after the first; with the third before it, three.
      byte[] body = await(fourth.response().compose(HttpClientResponse::body)).getBytes();
      assertThat(waitMicros(TickResult.parseFrom(body).getBudget()))
          .isBetween(SECOND_MICROS, 5 * SECOND_MICROS / 2);
      await().atMost(Duration.ofSeconds(1)).until(() -> waiting() == 0);
    } finally {
      await(client.close());
    }
    assertThat(server.batches(tenant)).isEqualTo(3);
  }

  @Test
  void call_clientCancelsWhileItWaits_freesItsPlace() throws Exception {
    String tenant = "gone-grpc";
    String token = server.token(tenant);
    HttpClient client = oneConnection();
    try {
      await(call(client, token, 1).response().compose(HttpClientResponse::body));
      HttpClientRequest second = call(client, token, 2);
      Future<Buffer> third = call(client, token, 3).response().compose(HttpClientResponse::body);
      await().atMost(Duration.ofSeconds(1)).until(() -> waiting() == 2);
      await(second.reset(CANCEL).otherwiseEmpty());
      Buffer body = await(third);
      // A second after the first; with the second before it, two.
      TickResult result = TickResult.parseFrom(body.getBytes(PREFIX, body.length()));
      assertThat(waitMicros(result.getBudget()))
          .isBetween(SECOND_MICROS / 10, 3 * SECOND_MICROS / 2);
    } finally {
      await(client.close());
    }
    assertThat(server.batches(tenant)).isEqualTo(2);
  }

  private static HttpClient oneConnection() {
    return server.vertx.createHttpClient(
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false),
        new PoolOptions().setHttp2MaxSize(1));
  }

  /** A gRPC call, as its frames are. */
  private static HttpClientRequest call(HttpClient client, String token, long sequence)
      throws Exception {
    HttpClientRequest request =
        await(
            client.request(
                HttpMethod.POST,
                server.node.api().port(),
                server.node.api().host(),
                "/sub30.v1.TradingGateway/SubmitTicks"));
    byte[] message = batch("t", sequence, 5).toByteArray();
    request
        .putHeader("authorization", "Bearer " + token)
        .putHeader("content-type", "application/grpc")
        .putHeader("te", "trailers")
        .end(Buffer.buffer().appendByte((byte) 0).appendInt(message.length).appendBytes(message));
    return request;
  }

  private static HttpClientRequest send(HttpClient client, String token, long sequence)
      throws Exception {
    HttpClientRequest request =
        await(
            client.request(
                HttpMethod.POST, server.node.api().port(), server.node.api().host(), "/v1/ticks"));
    request
        .putHeader("authorization", "Bearer " + token)
        .putHeader("content-type", PROTOBUF)
        .end(Buffer.buffer(batch("t", sequence, 5).toByteArray()));
    return request;
  }

  private static int status(HttpClientRequest request) throws Exception {
    Future<HttpClientResponse> response = request.response();
    return await(response).statusCode();
  }

  private static double waiting() throws Exception {
    return server
        .ops("/metrics")
        .body()
        .toString()
        .lines()
        .filter(line -> line.startsWith("sub30_rate_waiting{tier=\"free\"}"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }
}
