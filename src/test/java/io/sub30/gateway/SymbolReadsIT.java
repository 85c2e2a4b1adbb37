package io.sub30.gateway;

import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.Submissions.ATTEMPTS;
import static io.sub30.gateway.Submissions.T0;
import static io.sub30.gateway.Submissions.acknowledged;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sub30.budget.Tier;
import io.sub30.gateway.Api.Reply;
import io.sub30.v1.GetPredictionRequest;
import io.sub30.v1.ListBarsResponse;
import io.sub30.v1.Quote;
import io.sub30.v1.RecordedPrediction;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Quotes, predictions and bars of a running node. */
class SymbolReadsIT {

  private static final long MINUTE = 60_000;

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

  // ---- quotes

  @Test
  void quote_justAcknowledged_isTheLastTickWhateverTheSpelling() throws Exception {
    String token = server.token("quoted");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      for (int sequence = 1; sequence <= 20; sequence++) {
        acknowledged(api, token, batch("a", sequence, "EURUSD.m", sequence), PROTOBUF);
        JsonObject quote = get(api, "/v1/quotes/EURUSD.m", token).json();
        assertThat(quote.getString("symbol")).isEqualTo("EURUSD");
        assertThat(quote.getString("terminal")).isEqualTo("a");
        assertThat(quote.getLong("sequence")).isEqualTo(sequence);
        assertThat(quote.getLong("time_msc")).isEqualTo(T0 + sequence * MINUTE + 1);
        assertThat(quote.getDouble("bid")).isEqualTo(bid(sequence));
        assertThat(quote.getDouble("ask")).isEqualTo(bid(sequence) + 0.001);
        assertThat(quote.getString("source")).isIn("process", "primary");
      }
      assertThat(get(api, "/v1/quotes/EURUSD", token).json().getString("source"))
          .isEqualTo("process");
      Reply reply =
          api.send(
              HttpMethod.GET,
              "/v1/quotes/EURUSD?terminal=a",
              token,
              null,
              Buffer.buffer(),
              Map.of("accept", PROTOBUF));
      assertThat(reply.headers().get("content-type")).isEqualTo(PROTOBUF);
      assertThat(Quote.parseFrom(reply.body().getBytes()).getSequence()).isEqualTo(20);
    }
  }

  @Test
  void quote_severalTerminals_isOfTheLastWriterOfTheSymbol() throws Exception {
    String token = server.token("terminals");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      acknowledged(api, token, batch("a", 1, "EURUSD", 1), PROTOBUF);
      acknowledged(api, token, batch("b", 1, "EURUSD", 2), PROTOBUF);
      acknowledged(api, token, batch("a", 2, "GBPUSD", 3), PROTOBUF);
      assertThat(terminal(api, token, "/v1/quotes/EURUSD")).isEqualTo("b");
      assertThat(terminal(api, token, "/v1/quotes/GBPUSD")).isEqualTo("a");
      assertThat(terminal(api, token, "/v1/quotes/EURUSD?terminal=a")).isEqualTo("a");
      assertThat(get(api, "/v1/quotes/EURUSD?terminal=a", token).json().getLong("sequence"))
          .isEqualTo(1);
      assertThat(api.get("/v1/quotes/GBPUSD?terminal=b", token).status()).isEqualTo(404);
    }
  }

  @Test
  void quote_anothersTenant_isNotFound() throws Exception {
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      acknowledged(api, server.token("owner"), batch("o", 1, "EURUSD", 1), PROTOBUF);
      String other = server.token("other");
      for (String path : List.of("/v1/quotes/EURUSD", "/v1/predictions/EURUSD")) {
        assertThat(get(api, path, other, 404).code()).isEqualTo("not_found");
        assertThat(get(api, path + "?terminal=o", other, 404).code()).isEqualTo("not_found");
      }
      assertThat(items(get(api, "/v1/bars/EURUSD?terminal=o", other))).isEmpty();
      assertThat(items(get(api, "/v1/bars/EURUSD?terminal=o&from=0", other))).isEmpty();
    }
  }

  // ---- bars

  @Test
  void bars_relayedOrNot_countEveryAcknowledgedTickOnce() throws Exception {
    String token = server.token("charts");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      for (int sequence = 1; sequence <= 12; sequence++) {
        acknowledged(api, token, batch("a", sequence, "EURUSD", sequence), PROTOBUF);
        JsonObject page = get(api, "/v1/bars/EURUSD.m?limit=1000", token).json();
        assertThat(page.getBoolean("complete")).isTrue();
        assertThat(page.getString("terminal")).isEqualTo("a");
        assertThat(page.getString("source")).isIn("columnar", "columnar+primary");
        assertBars(page.getJsonArray("items"), 1, sequence);
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  get(api, "/v1/bars/EURUSD", token).json().getString("source").equals("columnar"));
      assertBars(items(get(api, "/v1/bars/EURUSD", token)), 1, 12);

      List<Object> paged = new ArrayList<>();
      String cursor = "";
      int pages = 0;
      do {
        JsonObject page =
            get(
                    api,
                    "/v1/bars/EURUSD?from="
                        + T0
                        + "&to="
                        + (T0 + 11 * MINUTE)
                        + "&limit=3"
                        + (cursor.isEmpty() ? "" : "&cursor=" + cursor),
                    token)
                .json();
        page.getJsonArray("items").forEach(paged::add);
        cursor = page.getString("next");
        pages++;
      } while (!cursor.isEmpty() && pages < 9);
      assertBars(new JsonArray(paged), 1, 10);
      assertThat(pages).isEqualTo(4);

      JsonArray five = items(get(api, "/v1/bars/EURUSD?timeframe=M5", token));
      assertThat(five.stream().map(bar -> ((JsonObject) bar).getLong("ticks")))
          .containsExactly(8L, 10L, 6L);
      assertThat(five.getJsonObject(1).getDouble("open")).isCloseTo(bid(5) - 0.0095, near());
      assertThat(five.getJsonObject(1).getDouble("close")).isCloseTo(bid(9) + 0.0005, near());
      assertThat(items(get(api, "/v1/bars/EURUSD?timeframe=D1", token))).hasSize(1);
      assertThat(
              items(get(api, "/v1/bars/EURUSD?limit=2", token))
                  .getJsonObject(0)
                  .getLong("open_msc"))
          .isEqualTo(T0 + 11 * MINUTE);
      Reply reply =
          api.send(
              HttpMethod.GET,
              "/v1/bars/EURUSD?from=2026-01-05T12:01:00Z&limit=2",
              token,
              null,
              Buffer.buffer(),
              Map.of("accept", PROTOBUF));
      ListBarsResponse bars = ListBarsResponse.parseFrom(reply.body().getBytes());
      assertThat(bars.getItemsCount()).isEqualTo(2);
      assertThat(bars.getItems(0).getOpenMsc()).isEqualTo(T0 + MINUTE);
      assertThat(bars.getNext()).isEqualTo(Long.toString(T0 + 3 * MINUTE));
    }
  }

  // ---- predictions

  @Test
  void prediction_given_isTheLastOneOverHttpAndGrpc() throws Exception {
    String token = server.token("predicted");
    Submissions.Walk walk = new Submissions.Walk();
    TickResult last = TickResult.getDefaultInstance();
    try (Api api = server.api(HttpVersion.HTTP_2);
        GrpcApi grpc = new GrpcApi(server.vertx, server.node.api())) {
      assertThat(get(api, "/v1/predictions/EURUSD", token, 404).code()).isEqualTo("not_found");
      assertThat(grpc.call("GetPrediction", token, asked("EURUSD", "")).status())
          .isEqualTo("NOT_FOUND");
      for (int sequence = 1; sequence <= 60 && last.getPredictionsCount() == 0; sequence++) {
        last = acknowledged(api, token, walk.batch(sequence, 100), PROTOBUF).result();
      }
      assertThat(last.getPredictionsList()).as("predictions in 6,000 ticks").isNotEmpty();

      RecordedPrediction expected =
          RecordedPrediction.newBuilder()
              .setPrediction(last.getPredictions(0))
              .setTerminal("t")
              .setSequence(last.getSequence())
              .build();
      GrpcApi.Reply reply = grpc.call("GetPrediction", token, asked("EURUSD.m", ""));
      assertThat(reply.status()).as(reply.detail()).isEqualTo("OK");
      RecordedPrediction got = RecordedPrediction.parseFrom(reply.message());
      assertThat(got.toBuilder().clearSource().clearReceivedMsc().build()).isEqualTo(expected);
      assertThat(got.getReceivedMsc()).isPositive();
      JsonObject json = get(api, "/v1/predictions/EURUSD?terminal=t", token).json();
      assertThat(json.getJsonObject("prediction").getDouble("p_up"))
          .isEqualTo(last.getPredictions(0).getPUp());
      assertThat(json.getLong("sequence")).isEqualTo(last.getSequence());
    }
  }

  // ---- refusals

  @ParameterizedTest
  @ValueSource(strings = {"/v1/quotes/EURUSD", "/v1/predictions/EURUSD", "/v1/bars/EURUSD"})
  void anyRead_badTokenTerminalSymbolOrMethod_isRefused(String path) throws Exception {
    String token = server.token("refused");
    String bound = server.token("refused", Tier.FREE, "mine");
    try (Api api = server.api(HttpVersion.HTTP_1_1)) {
      assertThat(api.get(path, null).code()).isEqualTo("token_missing");
      assertThat(api.get(path, null).status()).isEqualTo(401);
      assertThat(api.get(path, token + "x").status()).isEqualTo(401);
      Reply foreign = api.get(path + "?terminal=yours", bound);
      assertThat(foreign.status()).isEqualTo(403);
      assertThat(foreign.code()).isEqualTo("forbidden");
      assertThat(api.get(path.replace("EURUSD", "NOSUCH"), token).status()).isEqualTo(404);
      assertThat(api.get(path + "?terminal=a/b", token).status()).isEqualTo(400);
      assertThat(api.get(path + "?colour=red", token).status()).isEqualTo(400);
      assertThat(api.get(path + "?terminal=a&terminal=a", token).status()).isEqualTo(400);
      assertThat(api.get(path.replace("EURUSD", "A%01B"), token).status()).isEqualTo(400);
      Reply post = api.send(HttpMethod.POST, path, token, null, Buffer.buffer(), Map.of());
      assertThat(post.status()).isEqualTo(405);
      assertThat(post.headers().get("allow")).isEqualTo("GET");
    }
  }

  @Test
  void boundToken_withoutTerminal_readsItsOwn() throws Exception {
    String token = server.token("bound");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      acknowledged(api, token, batch("mine", 1, "EURUSD", 1), PROTOBUF);
      acknowledged(api, token, batch("yours", 1, "EURUSD", 2), PROTOBUF);
      String bound = server.token("bound", Tier.FREE, "mine");
      assertThat(terminal(api, bound, "/v1/quotes/EURUSD")).isEqualTo("mine");
      assertThat(terminal(api, bound, "/v1/bars/EURUSD")).isEqualTo("mine");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "timeframe=M2",
    "timeframe=m1",
    "from=yesterday",
    "to=-1",
    "from=2&to=1",
    "limit=0",
    "limit=1001",
    "cursor=x",
    "cursor=60001",
    "from=120000&cursor=60000"
  })
  void bars_badQuery_isMalformed(String query) throws Exception {
    try (Api api = server.api(HttpVersion.HTTP_1_1)) {
      Reply reply = api.get("/v1/bars/EURUSD?" + query, server.token("refused"));
      assertThat(reply.status()).as(reply.body().toString()).isEqualTo(400);
      assertThat(reply.code()).isEqualTo("malformed");
      assertThat(reply.detail()).isNotEmpty();
    }
  }

  @Test
  void getPrediction_grpc_isRefusedLikewise() throws Exception {
    try (GrpcApi grpc = new GrpcApi(server.vertx, server.node.api())) {
      String bound = server.token("refused", Tier.FREE, "mine");
      assertThat(grpc.call("GetPrediction", null, asked("EURUSD", "")).status())
          .isEqualTo("UNAUTHENTICATED");
      assertThat(grpc.call("GetPrediction", bound, asked("EURUSD", "yours")).status())
          .isEqualTo("PERMISSION_DENIED");
      assertThat(grpc.call("GetPrediction", bound, asked("NOSUCH", "")).status())
          .isEqualTo("NOT_FOUND");
      assertThat(grpc.call("GetPrediction", bound, asked("", "")).status())
          .isEqualTo("INVALID_ARGUMENT");
      assertThat(grpc.call("GetPrediction", bound, Buffer.buffer(new byte[] {1, 2})).status())
          .isEqualTo("INVALID_ARGUMENT");
    }
  }

  private static Buffer asked(String symbol, String terminal) {
    return Buffer.buffer(
        GetPredictionRequest.newBuilder()
            .setSymbol(symbol)
            .setTerminal(terminal)
            .build()
            .toByteArray());
  }

  /** Two ticks in a minute of their own: one a hundredth below the last one. */
  private static TickBatch batch(String terminal, long sequence, String symbol, int minute) {
    TickBatch.Builder batch = TickBatch.newBuilder().setTerminal(terminal).setSequence(sequence);
    for (int i = 0; i < 2; i++) {
      double bid = i == 0 ? bid(minute) - 0.01 : bid(minute);
      batch.addTicks(
          Tick.newBuilder()
              .setSymbol(symbol)
              .setTimeMsc(T0 + minute * MINUTE + i)
              .setBid(bid)
              .setAsk(bid + 0.001)
              .setFlags(6));
    }
    return batch.build();
  }

  private static double bid(long minute) {
    return 1 + minute * 0.001;
  }

  private static void assertBars(JsonArray bars, int first, int last) {
    assertThat(bars).hasSize(last - first + 1);
    for (int minute = first; minute <= last; minute++) {
      JsonObject bar = bars.getJsonObject(minute - first);
      assertThat(bar.getLong("open_msc")).isEqualTo(T0 + minute * MINUTE);
      assertThat(bar.getLong("ticks")).isEqualTo(2);
      assertThat(bar.getDouble("open")).isCloseTo(bid(minute) - 0.0095, near());
      assertThat(bar.getDouble("low")).isCloseTo(bid(minute) - 0.0095, near());
      assertThat(bar.getDouble("high")).isCloseTo(bid(minute) + 0.0005, near());
      assertThat(bar.getDouble("close")).isCloseTo(bid(minute) + 0.0005, near());
    }
  }

  private static org.assertj.core.data.Offset<Double> near() {
    return org.assertj.core.api.Assertions.within(1e-9);
  }

  private static JsonArray items(Reply page) {
    return page.json().getJsonArray("items");
  }

  private static String terminal(Api api, String token, String path) throws Exception {
    return get(api, path, token).json().getString("terminal");
  }

  private static Reply get(Api api, String path, String token) throws Exception {
    return get(api, path, token, 200);
  }

  /** Asks until the server has had the time for it. */
  private static Reply get(Api api, String path, String token, int status) throws Exception {
    Reply reply = api.get(path, token);
    for (int i = 1; i < ATTEMPTS && reply.status() >= 503; i++) {
      reply = api.get(path, token);
    }
    assertThat(reply.status()).as(reply.body().toString()).isEqualTo(status);
    return reply;
  }
}
