package io.sub30.gateway;

import static io.sub30.gateway.Api.JSON;
import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.Submissions.ATTEMPTS;
import static io.sub30.gateway.Submissions.acknowledged;
import static io.sub30.gateway.Submissions.assertBudgetAddsUp;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Tier;
import io.sub30.client.TickBlocks;
import io.sub30.gateway.Api.Reply;
import io.sub30.gateway.Submissions.Walk;
import io.sub30.gateway.requests.Batches;
import io.sub30.v1.HopSpend;
import io.sub30.v1.Prediction;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole path behind the real door: what a good client sees. */
class GatewayIT {

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

  @Test
  void start_beforeTheFirstRequest_theWarmUpHasLeftNoTrace() {
    assertThat(server.rowsAtReady)
        .hasSize(4)
        .allSatisfy((table, rows) -> assertThat(rows).isZero());
    JsonArray tiers = server.budgetAtReady.getJsonArray("tiers");
    assertThat(tiers).hasSize(3);
    for (int i = 0; i < tiers.size(); i++) {
      JsonObject tier = tiers.getJsonObject(i);
      assertThat(tier.getLong("count")).as(tier.getString("tier")).isZero();
      for (Object hop : tier.getJsonArray("hops")) {
        assertThat(((JsonObject) hop).getLong("count")).as(hop.toString()).isZero();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_2", "HTTP_1_1"})
  void submit_json_isAnsweredWithWhatWasAskedAndWhereTheTimeWent(HttpVersion version)
      throws Exception {
    String tenant = "json-" + version.ordinal();
    try (Api api = server.api(version)) {
      Reply reply = acknowledged(api, server.token(tenant), batch("t", 1, 20), JSON);

      assertThat(reply.version()).isEqualTo(version);
      assertThat(reply.headers().get("content-type")).isEqualTo(JSON);
      JsonObject result = reply.json();
      assertThat(result.getString("tenant")).isEqualTo(tenant);
      assertThat(result.getString("tier")).isEqualTo("free");
      assertThat(result.getLong("sequence")).isEqualTo(1);
      assertThat(result.getBoolean("durable")).isTrue();
      assertThat(result.getInteger("accepted")).isEqualTo(20);
      assertThat(result.getJsonArray("rejected")).isEmpty();
      // A symbol without history is answered honestly: nothing is predicted, nothing done.
      assertThat(result.getJsonArray("predictions")).isEmpty();
      assertThat(result.getJsonArray("degraded").getJsonObject(0).getString("hop"))
          .isEqualTo("ml_processing");
      assertThat(result.getJsonArray("signals").getJsonObject(0).getString("side"))
          .isEqualTo("HOLD");
      assertThat(result.getString("request_id"))
          .isNotEmpty()
          .isEqualTo(reply.headers().get("x-request-id"));
      assertBudgetAddsUp(result.getJsonObject("budget"));
      assertServerTiming(reply, result.getJsonObject("budget"));
    }
    assertThat(server.batches(tenant)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_2", "HTTP_1_1"})
  void submit_protobuf_isTheSame(HttpVersion version) throws Exception {
    String tenant = "protobuf-" + version.ordinal();
    try (Api api = server.api(version)) {
      Reply reply = acknowledged(api, server.token(tenant), batch("t", 1, 20), PROTOBUF);

      assertThat(reply.version()).isEqualTo(version);
      assertThat(reply.headers().get("content-type")).isEqualTo(PROTOBUF);
      TickResult result = reply.result();
      assertThat(result.getTenant()).isEqualTo(tenant);
      assertThat(result.getAccepted()).isEqualTo(20);
      assertThat(result.getDurable()).isTrue();
      assertThat(result.getDegradedCount()).isEqualTo(1);
      assertThat(result.getSignalsList()).extracting(Signal::getSide).containsExactly(Side.HOLD);
      assertThat(result.getRequestId()).isEqualTo(reply.headers().get("x-request-id"));
      assertBudgetAddsUp(result.getBudget());
      assertThat(reply.headers().get("server-timing")).contains("data_bridge;dur=");
    }
    assertThat(server.batches(tenant)).isEqualTo(1);
  }

  @Test
  void submit_grpc_isTheSame() throws Exception {
    try (GrpcApi api = new GrpcApi(server.vertx, server.node.api())) {
      String token = server.token("grpc");
      GrpcApi.Reply reply = api.submit(token, batch("t", 1, 20));
      for (int i = 1; i < ATTEMPTS && !reply.status().equals("OK"); i++) {
        reply = api.submit(token, batch("t", 1, 20));
      }

      assertThat(reply.status()).isEqualTo("OK");
      TickResult result = TickResult.parseFrom(reply.message());
      assertThat(result.getTenant()).isEqualTo("grpc");
      assertThat(result.getAccepted()).isEqualTo(20);
      assertThat(result.getDurable()).isTrue();
      assertThat(result.getDegradedCount()).isEqualTo(1);
      assertThat(result.getSignalsList()).extracting(Signal::getSide).containsExactly(Side.HOLD);
      assertThat(reply.metadata("x-request-id")).isEqualTo(result.getRequestId()).isNotEmpty();
      assertThat(reply.metadata("server-timing")).contains("data_bridge;dur=");
      assertBudgetAddsUp(result.getBudget());
    }
    assertThat(server.batches("grpc")).isEqualTo(1);
  }

  /** Three doors, three tenants, one outcome. */
  @Test
  void submit_sameBatchThroughEveryDoor_hasTheSameOutcome() throws Exception {
    TickBatch batch = batch("t", 7, 50);
    List<TickResult> outcomes = new ArrayList<>();
    try (Api h2 = server.api(HttpVersion.HTTP_2);
        Api h1 = server.api(HttpVersion.HTTP_1_1);
        GrpcApi grpc = new GrpcApi(server.vertx, server.node.api())) {
      outcomes.add(acknowledged(h2, server.token("door-a"), batch, PROTOBUF).result());
      outcomes.add(acknowledged(h1, server.token("door-b"), batch, PROTOBUF).result());
      acknowledged(h2, server.token("door-c"), batch, JSON);
      outcomes.add(acknowledged(h1, server.token("door-c"), batch, PROTOBUF).result());
      acknowledged(h1, server.token("door-d"), batch, JSON);
      GrpcApi.Reply reply = grpc.submit(server.token("door-d"), batch);
      assertThat(reply.status()).isEqualTo("OK");
      outcomes.add(TickResult.parseFrom(reply.message()));
    }

    assertThat(outcomes.get(2).getDuplicate()).as("JSON and protobuf are one content").isTrue();
    assertThat(outcomes.get(3).getDuplicate()).isTrue();
    assertThat(outcomes.stream().map(GatewayIT::essence).distinct()).hasSize(1);
  }

  @Test
  void submit_manyOnOneHttp1Connection_areAllAnswered() throws Exception {
    try (Api api = server.api(HttpVersion.HTTP_1_1)) {
      for (int sequence = 1; sequence <= 20; sequence++) {
        acknowledged(api, server.token("alive"), batch("t", sequence, 5), JSON);
      }
    }
    assertThat(server.batches("alive")).isEqualTo(20);
  }

  @Test
  void submit_onlySomeWanted_hasOnlyThat() throws Exception {
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      TickBatch batch = batch("t", 1, 5).toBuilder().addWant("prediction").build();
      TickResult result = acknowledged(api, server.token("wants"), batch, PROTOBUF).result();
      assertThat(result.getDegradedCount()).as("it was asked").isEqualTo(1);
      assertThat(result.getSignalsCount()).isZero();
    }
  }

  /** Hours of history, then live ticks: the packaged model has an opinion, through the door. */
  @Test
  void submit_withHistory_isPredictedByTheFullModel() throws Exception {
    String token = server.token("historian");
    Walk walk = new Walk();
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      for (int sequence = 1; sequence <= 6; sequence++) {
        acknowledged(api, token, walk.batch(sequence, 500), PROTOBUF);
      }
      // The embedding is made off the path: the next batch may still be ahead of it.
      TickResult result = TickResult.getDefaultInstance();
      for (int sequence = 7; sequence < 40 && result.getPredictionsCount() == 0; sequence++) {
        result = acknowledged(api, token, walk.batch(sequence, 5), PROTOBUF).result();
      }

      assertThat(result.getPredictionsList()).as(result.toString()).hasSize(1);
      Prediction prediction = result.getPredictions(0);
      assertThat(prediction.getSymbol()).isEqualTo("EURUSD");
      assertThat(prediction.getModel()).isEqualTo("eurusd-m1/1");
      assertThat(prediction.getSource()).isEqualTo("full");
      assertThat(prediction.getAsOfMsc()).isEqualTo(walk.timeMsc);
      assertThat(prediction.getPUp()).isBetween(0.0, 1.0);
      assertThat(prediction.getPDown()).isBetween(0.0, 1.0 - prediction.getPUp());
      assertThat(prediction.getPExceedsCost()).isBetween(0.0, 1.0);
      assertThat(prediction.getVolatility()).isPositive();
      assertThat(result.getDegradedList()).isEmpty();
      assertThat(result.getSignalsCount()).isEqualTo(1);
    }
  }

  /** As curl does with a large body over HTTP/1.1: it waits a second, which is the tier's all. */
  @Test
  void submit_expectContinue_isAskedForTheBody() throws Exception {
    byte[] body = batch("t", 1, 20).toByteArray();
    String head =
        "POST /v1/ticks HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nAuthorization: Bearer "
            + server.token("expecting")
            + "\r\nContent-Type: application/x-protobuf\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    try (Socket socket = new Socket(server.node.api().host(), server.node.api().port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      byte[] interim = socket.getInputStream().readNBytes("HTTP/1.1 100".length());
      assertThat(new String(interim, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 100");
      socket.getOutputStream().write(body);
      assertThat(new String(socket.getInputStream().readNBytes(30), StandardCharsets.US_ASCII))
          .containsPattern("HTTP/1\\.1 (200|503|504)");
    }
  }

  @ParameterizedTest
  @CsvSource({"application/json", "application/x-protobuf"})
  void submit_again_isTheStoredOutcomeAndChangesNothing(String type) throws Exception {
    String tenant = "twice-" + (type.equals(JSON) ? "j" : "p");
    String token = server.token(tenant);
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      acknowledged(api, token, batch("t", 1, 20), type);
      Reply first = acknowledged(api, token, batch("t", 2, 20), type);
      acknowledged(api, token, batch("t", 3, 20), type);
      Reply again = acknowledged(api, token, batch("t", 2, 20), type);

      assertThat(server.batches(tenant)).isEqualTo(3);
      if (type.equals(JSON)) {
        assertThat(again.json().getBoolean("duplicate")).isTrue();
        assertThat(again.json().getString("request_id"))
            .isNotEqualTo(first.json().getString("request_id"));
        assertThat(stripped(again)).isEqualTo(stripped(first));
        assertBudgetAddsUp(again.json().getJsonObject("budget"));
      } else {
        assertThat(again.result().getDuplicate()).isTrue();
        assertThat(essence(again.result())).isEqualTo(essence(first.result()));
      }
    }
  }

  @Test
  void submit_againInAnotherForm_isADuplicate() throws Exception {
    String token = server.token("forms");
    TickBatch plain = batch("t", 1, 20);
    TickBatch block =
        plain.toBuilder()
            .clearTicks()
            .setBlock(TickBlocks.of(plain.getTicksList()).orElseThrow())
            .build();
    try (Api api = server.api(HttpVersion.HTTP_2);
        GrpcApi grpc = new GrpcApi(server.vertx, server.node.api())) {
      TickResult first = acknowledged(api, token, block, PROTOBUF).result();
      assertThat(first.getAccepted()).isEqualTo(20);
      assertThat(acknowledged(api, token, plain, JSON).json().getBoolean("duplicate")).isTrue();
      assertThat(acknowledged(api, token, plain, PROTOBUF).result().getDuplicate()).isTrue();
      assertThat(TickResult.parseFrom(grpc.submit(token, block).message()).getDuplicate()).isTrue();
      TickBatch.Builder other = block.toBuilder();
      other.getBlockBuilder().setTimeMscSteps(19, 7);
      assertThat(api.submit(token, other.build(), PROTOBUF).code()).isEqualTo("sequence_conflict");
      assertThat(server.batches("forms")).isEqualTo(1);
    }
  }

  @Test
  void submit_sameSequenceOtherContent_isAConflictAndChangesNothing() throws Exception {
    String token = server.token("conflict");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      Reply first = acknowledged(api, token, batch("t", 5, 20), JSON);
      TickBatch.Builder other = batch("t", 5, 20).toBuilder();
      other.getTicksBuilder(19).setBid(1.09999);
      Reply refused = api.submit(token, other.build(), JSON);

      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.code()).isEqualTo("sequence_conflict");
      assertThat(refused.headers().get("content-type")).isEqualTo("application/problem+json");
      assertBudgetAddsUp(refused.json().getJsonObject("budget"));
      // The stored one is still what it was, and the terminal and others go on.
      assertThat(stripped(acknowledged(api, token, batch("t", 5, 20), JSON)))
          .isEqualTo(stripped(first));
      acknowledged(api, token, batch("t", 6, 20), JSON);
      acknowledged(api, token, batch("other", 5, 20), JSON);
      assertThat(server.batches("conflict")).isEqualTo(3);
    }
    try (GrpcApi api = new GrpcApi(server.vertx, server.node.api())) {
      GrpcApi.Reply refused = api.submit(token, batch("t", 5, 19));
      assertThat(refused.status()).isEqualTo("ALREADY_EXISTS");
      assertThat(refused.metadata("code")).isEqualTo("sequence_conflict");
    }
  }

  @Test
  void submit_sameSequenceOfAnotherTenant_isAnotherBatch() throws Exception {
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      acknowledged(api, server.token("mine"), batch("t", 1, 20), PROTOBUF);
      TickResult theirs =
          acknowledged(api, server.token("theirs"), batch("t", 1, 10), PROTOBUF).result();
      assertThat(theirs.getAccepted()).isEqualTo(10);
    }
    assertThat(server.batches("mine")).isEqualTo(1);
    assertThat(server.batches("theirs")).isEqualTo(1);
  }

  @Test
  void submit_someTicksBad_theGoodOnesAreStoredAndTheBadOnesNamed() throws Exception {
    TickBatch.Builder batch = batch("t", 1, 6).toBuilder();
    batch.getTicksBuilder(1).setBid(Double.NaN);
    batch.getTicksBuilder(2).setBid(-1.1).setAsk(-1.0);
    batch.getTicksBuilder(3).setBid(0).setAsk(0);
    batch.getTicksBuilder(4).setAsk(Double.POSITIVE_INFINITY);
    batch.getTicksBuilder(5).setSymbol("NOSUCH");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      TickResult result =
          acknowledged(api, server.token("mixed"), batch.build(), PROTOBUF).result();

      assertThat(result.getAccepted()).isEqualTo(1);
      assertThat(result.getRejectedList())
          .extracting(tick -> tick.getIndex() + " " + tick.getReason())
          .containsExactly(
              "1 non_finite",
              "2 non_positive_price",
              "3 non_positive_price",
              "4 non_finite",
              "5 unknown_symbol");
    }
    assertThat(server.batches("mixed")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"application/json", "application/x-protobuf"})
  void submit_tenThousandTicks_isTaken(String type) throws Exception {
    String tenant = "large-" + (type.equals(JSON) ? "j" : "p");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      Reply reply = acknowledged(api, server.token(tenant), batch("t", 1, 10_000), type);
      int accepted =
          type.equals(JSON) ? reply.json().getInteger("accepted") : reply.result().getAccepted();
      assertThat(accepted).isEqualTo(10_000);
    }
    assertThat(server.batches(tenant)).isEqualTo(1);
  }

  @Test
  void submit_bodyOfExactlyTheLimit_isTaken() throws Exception {
    String json = Batches.json(batch("t", 1, 5));
    Buffer body = Buffer.buffer(json + " ".repeat((4 << 20) - json.length()));
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      Reply reply = api.post(server.token("limit"), JSON, body);
      for (int i = 1; i < ATTEMPTS && reply.status() == 504; i++) {
        reply = api.post(server.token("limit"), JSON, body);
      }
      assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
    }
  }

  @Test
  void submit_enterprise_isHeldToItsThirtyMillis() throws Exception {
    String token = server.token("premium", Tier.ENTERPRISE, "t");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      TickResult result = acknowledged(api, token, batch("t", 1, 20), PROTOBUF).result();
      assertThat(result.getTier()).isEqualTo("enterprise");
      assertThat(result.getBudget().getTotalUs()).isEqualTo(30_000);
      assertThat(result.getBudget().getHopsList().stream().mapToLong(HopSpend::getBudgetUs).sum())
          .isEqualTo(30_000);
    }
  }

  // ---- what is the same whatever was asked

  /** All but what may differ between a batch and the same batch again. */
  private static JsonObject stripped(Reply reply) {
    JsonObject json = reply.json();
    json.remove("request_id");
    json.remove("budget");
    json.remove("duplicate");
    return json;
  }

  private static TickResult essence(TickResult result) {
    return result.toBuilder().clearRequestId().clearBudget().clearDuplicate().clearTenant().build();
  }

  private static void assertServerTiming(Reply reply, JsonObject budget) {
    String header = reply.headers().get("server-timing");
    assertThat(header).matches("([a-z_]+;dur=\\d+\\.\\d{3}, )+total;dur=\\d+\\.\\d{3}");
    assertThat(header)
        .contains("data_bridge;", "ml_processing;", "trading_engine;", "database_service;");
    Matcher total = Pattern.compile("total;dur=(\\d+)\\.(\\d{3})").matcher(header);
    assertThat(total.find()).isTrue();
    assertThat(Long.parseLong(total.group(1) + total.group(2)))
        .isEqualTo(budget.getLong("spent_us"));
  }
}
