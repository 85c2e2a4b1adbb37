package io.sub30.gateway;

import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.gateway.api.ApiRoute;
import io.sub30.gateway.identity.Scope;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.gateway.identity.TokenRequest;
import io.sub30.gateway.ingress.TickStream;
import io.sub30.gateway.requests.Batches;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many batches over one request: the same answers as alone, in order, both ways at once. */
@Tag("long")
class TickStreamIT {

  private static final String NDJSON = "application/x-ndjson";

  @TempDir private static Path data = Path.of("");
  private static Path revoked = Path.of("");
  private static RunningNode server;

  @BeforeAll
  static void start() throws Exception {
    revoked = data.resolve("revoked");
    Files.writeString(revoked, "");
    server =
        RunningNode.start(
            data.resolve("node"),
            Map.of(
                "auth.revoked", revoked.toString(),
                "auth.refresh", "1s",
                "auth.clock_skew", "1s",
                "http.idle_timeout", "8s",
                "http.body_timeout", "1s",
                "rates.pro.per_second", "2",
                "rates.pro.burst", "4"));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static StreamApi open(HttpVersion version, @Nullable String token) throws Exception {
    return new StreamApi(server.vertx, server.node.api(), version, token, Api.PROTOBUF);
  }

  private static TickResult answer(StreamApi stream) throws Exception {
    return Objects.requireNonNull(stream.answer(), "the stream has ended");
  }

  /** Sends that batch until the server has had the time for it: on a busy machine it may not. */
  private static TickResult acknowledged(StreamApi stream, TickBatch batch) throws Exception {
    TickResult result = TickResult.getDefaultInstance();
    for (int i = 0; i < Submissions.ATTEMPTS && !result.getDurable(); i++) {
      stream.send(batch);
      result = answer(stream);
      int status = result.getRefusal().getStatus();
      assertThat(status == 0 || status == 503 || status == 504).as(result.toString()).isTrue();
    }
    assertThat(result.getDurable()).as(result.toString()).isTrue();
    return result;
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_2", "HTTP_1_1"})
  void stream_answersInOrderWhileItIsSent(HttpVersion version) throws Exception {
    String tenant = "duplex-" + version.name().toLowerCase(Locale.ROOT).replace('_', '-');
    String token = server.token(tenant);
    try (StreamApi stream = open(version, token);
        Api api = server.api(HttpVersion.HTTP_2)) {
      TickResult first = acknowledged(stream, batch("t", 1, 5));
      assertThat(first.getTenant()).isEqualTo(tenant);
      assertThat(first.getTier()).isEqualTo("free");
      Submissions.assertBudgetAddsUp(first.getBudget());
      long last = 3L * TickStream.WINDOW;
      for (long sequence = 2; sequence <= last; sequence++) {
        stream.send(batch("t", sequence, 5));
      }
      stream.end();
      long stored = 1;
      for (long sequence = 2; sequence <= last; sequence++) {
        TickResult next = answer(stream);
        assertThat(next.getSequence()).isEqualTo(sequence);
        assertThat(next.getDurable()).isNotEqualTo(next.hasRefusal());
        stored += next.getDurable() ? 1 : 0;
      }
      assertThat(stream.answer()).isNull();
      assertThat(server.batches(tenant)).isGreaterThanOrEqualTo(stored);
      assertThat(stored).isGreaterThan(TickStream.WINDOW);

      TickResult alone = api.submit(token, batch("t", 1, 5), Api.PROTOBUF).result();
      assertThat(alone.getDuplicate()).isTrue();
      assertThat(alone.toBuilder().clearDuplicate().clearRequestId().clearBudget().build())
          .isEqualTo(first.toBuilder().clearDuplicate().clearRequestId().clearBudget().build());
    }
  }

  @Test
  void stream_refusedBatch_isAnAnswerAndTheStreamGoesOn() throws Exception {
    String bound = server.token("bound", Tier.FREE, "t");
    try (StreamApi stream = open(HttpVersion.HTTP_2, bound)) {
      stream.send(batch("u", 7, 5));
      stream.send(batch("t", 1, 0));
      TickResult foreign = answer(stream);
      assertThat(foreign.getRefusal().getCode()).isEqualTo("forbidden");
      assertThat(foreign.getRefusal().getStatus()).isEqualTo(403);
      assertThat(foreign.getRefusal().getDetail()).contains("terminal t", "terminal u");
      assertThat(foreign.getSequence()).isEqualTo(7);
      assertThat(foreign.getRequestId()).isNotEmpty();
      assertThat(answer(stream).getRefusal().getCode()).isEqualTo("malformed");
      acknowledged(stream, batch("t", 1, 5));
      stream.send(batch("t", 1, 6));
      assertThat(answer(stream).getRefusal().getCode()).isEqualTo("sequence_conflict");
      stream.end();
      assertThat(stream.answer()).isNull();
    }
    assertThat(server.batches("bound")).isEqualTo(1);
  }

  @Test
  void stream_overTheRate_isToldWhenToComeBack() throws Exception {
    try (StreamApi stream = open(HttpVersion.HTTP_2, server.token("hasty", Tier.PRO, null))) {
      int refused = 0;
      for (long sequence = 1; sequence <= 12; sequence++) {
        stream.send(batch("t", sequence, 5));
        TickResult result = answer(stream);
        if (result.getRefusal().getCode().equals("rate_limited")) {
          refused++;
          assertThat(result.getRefusal().getStatus()).isEqualTo(429);
          assertThat(result.getRefusal().getRetryAfterMs()).isBetween(1, 5_000);
        }
      }
      assertThat(refused).isBetween(1, 8);
      stream.end();
      assertThat(stream.answer()).isNull();
    }
  }

  @Test
  void stream_bytesThatAreNoBatch_endItAfterWhatWasGood() throws Exception {
    String token = server.token("broken");
    try (StreamApi stream = open(HttpVersion.HTTP_2, token)) {
      acknowledged(stream, batch("t", 1, 5));
      stream.send(Buffer.buffer(new byte[] {3, 'a', 'b', 'c'}));
      stream.send(batch("t", 2, 5));
      assertThat(answer(stream).getRefusal().getCode()).isEqualTo("malformed");
      assertThat(stream.answer()).isNull();
    }
    assertThat(server.batches("broken")).isEqualTo(1);
  }

  @Test
  void stream_messageOverTheLimit_endsItBeforeItIsSent() throws Exception {
    try (StreamApi stream = open(HttpVersion.HTTP_2, server.token("large"))) {
      // The length of 4 MiB and a byte, and nothing after it.
      stream.send(Buffer.buffer(new byte[] {(byte) 0x81, (byte) 0x80, (byte) 0x80, 2}));
      TickResult large = answer(stream);
      assertThat(large.getRefusal().getCode()).isEqualTo("too_large");
      assertThat(large.getRefusal().getStatus()).isEqualTo(413);
      assertThat(stream.answer()).isNull();
    }
  }

  /** It only waits, so nothing but the server itself can notice. */
  @Test
  void stream_tokenThatExpiresMeanwhile_endsIt() throws Exception {
    String brief =
        new TokenMint(server.keys, EpochClock.SYSTEM)
            .mint(new TokenRequest("brief", Tier.FREE, null, Duration.ofSeconds(2)));
    try (StreamApi stream = open(HttpVersion.HTTP_2, brief)) {
      await()
          .atMost(90, TimeUnit.SECONDS)
          .until(
              () -> {
                stream.send(batch("t", 1, 5));
                TickResult result = answer(stream);
                assertThat(result.getDurable() || result.hasRefusal()).isTrue();
                return result.getRefusal().getCode().equals("token_expired");
              });
      assertThat(stream.answer()).isNull();
    }
  }

  @Test
  void stream_tokenThatIsRevokedMeanwhile_endsIt() throws Exception {
    try (StreamApi stream = open(HttpVersion.HTTP_2, server.token("thief"))) {
      acknowledged(stream, batch("t", 1, 5));
      Path next = data.resolve("revoked.next");
      Files.writeString(next, "tenant thief 2036-01-31T12:00:00Z\n");
      Files.move(next, revoked, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
      // Nothing is sent: the stream is looked at all the same, before it would be idle.
      TickResult last = stream.answer();
      if (last != null) {
        assertThat(last.getRefusal().getCode()).isEqualTo("token_invalid");
        assertThat(last.getRefusal().getDetail()).contains("revoked");
        assertThat(stream.answer()).isNull();
      } else {
        throw new AssertionError("the stream ended as idle before the list was read");
      }
    }
  }

  @Test
  void stream_slowlySent_outlivesTheTimeOfABodyButNotIdleness() throws Exception {
    try (StreamApi stream = open(HttpVersion.HTTP_2, server.token("slow"))) {
      for (long sequence = 1; sequence <= 3; sequence++) {
        acknowledged(stream, batch("t", sequence, 5));
        await().pollDelay(900, TimeUnit.MILLISECONDS).until(() -> true);
      }
      // A part of a message is not a batch.
      stream.send(Buffer.buffer(new byte[] {100, 1}));
      assertThat(stream.answer()).isNull();
    }
    assertThat(server.batches("slow")).isEqualTo(3);
  }

  @Test
  void stream_notAllowed_isRefusedBeforeItBegins() throws Exception {
    Buffer body = Buffer.buffer("{}\n");
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      assertThat(post(api, null, NDJSON, body).code()).isEqualTo("token_missing");
      assertThat(post(api, "x", NDJSON, body).status()).isEqualTo(401);
      String reader =
          new TokenMint(server.keys, EpochClock.SYSTEM)
              .mint(
                  new TokenRequest(
                      "a", Tier.FREE, null, Duration.ofHours(1), Set.of(Scope.READ), null));
      Api.Reply scope = post(api, reader, NDJSON, body);
      assertThat(scope.status()).isEqualTo(403);
      assertThat(scope.detail()).contains("ticks:write");
      String token = server.token("a");
      assertThat(post(api, token, "text/plain", body).status()).isEqualTo(415);
      assertThat(post(api, token, Api.JSON, body).status()).isEqualTo(415);
      assertThat(
              api.send(
                      HttpMethod.POST,
                      ApiRoute.STREAM.template(),
                      token,
                      NDJSON,
                      body,
                      Map.of("content-encoding", "gzip"))
                  .status())
          .isEqualTo(415);
      Api.Reply get = api.get(ApiRoute.STREAM.template(), token);
      assertThat(get.status()).isEqualTo(405);
      assertThat(get.headers().get("allow")).isEqualTo("POST");
    }
  }

  @Test
  void stream_inLines_answersInLines() throws Exception {
    String lines =
        Batches.json(batch("t", 1, 5)) + "\n\n" + Batches.json(batch("t", 2, 0)) + "\nnonsense";
    try (Api api = server.api(HttpVersion.HTTP_1_1)) {
      Api.Reply reply = post(api, server.token("lines"), NDJSON, Buffer.buffer(lines));
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.headers().get("content-type")).isEqualTo(NDJSON);
      String[] answers = reply.body().toString().split("\n", -1);
      assertThat(answers).hasSize(4);
      assertThat(new JsonObject(answers[0]).getBoolean("durable")).as(answers[0]).isTrue();
      assertThat(refusal(answers[1]).getString("detail")).contains("ticks");
      assertThat(refusal(answers[2]).getInteger("status")).isEqualTo(400);
      assertThat(answers[3]).isEmpty();
    }
  }

  private static JsonObject refusal(String line) {
    return new JsonObject(line).getJsonObject("refusal");
  }

  private static Api.Reply post(Api api, @Nullable String token, String type, Buffer body)
      throws Exception {
    return api.send(HttpMethod.POST, ApiRoute.STREAM.template(), token, type, body, Map.of());
  }

  /** What is not taken is not computed either, but for what windows and queues hold. */
  @Test
  void stream_clientThatDoesNotRead_isNotReadFrom() throws Exception {
    int batches = 2_000;
    try (StreamApi stream = open(HttpVersion.HTTP_2, server.token("deaf"))) {
      stream.response().pause();
      for (long sequence = 1; sequence <= batches; sequence++) {
        stream.send(batch("t", sequence, 20));
      }
      stream.end();
      long[] seen = {-1};
      await()
          .pollInterval(700, TimeUnit.MILLISECONDS)
          .atMost(60, TimeUnit.SECONDS)
          .until(
              () -> {
                long now = server.batches("deaf");
                boolean still = now > 0 && now == seen[0];
                seen[0] = now;
                return still;
              });
      assertThat(seen[0]).isLessThan(batches / 2);
      stream.response().resume();
      long answered = 0;
      for (TickResult next = stream.answer(); next != null; next = stream.answer()) {
        assertThat(next.getSequence()).isEqualTo(++answered);
      }
      assertThat(answered).isEqualTo(batches);
    }
  }

  @Test
  void stream_cutAndSentAgain_storesEachOnce() throws Exception {
    String token = server.token("again");
    try (StreamApi stream = open(HttpVersion.HTTP_2, token)) {
      for (long sequence = 1; sequence <= 40; sequence++) {
        stream.send(batch("t", sequence, 5));
      }
      answer(stream);
    }
    int duplicates = 0;
    try (StreamApi stream = open(HttpVersion.HTTP_2, token)) {
      for (long sequence = 1; sequence <= 40; sequence++) {
        duplicates += acknowledged(stream, batch("t", sequence, 5)).getDuplicate() ? 1 : 0;
      }
      stream.end();
      assertThat(stream.answer()).isNull();
    }
    assertThat(duplicates).isPositive();
    assertThat(server.batches("again")).isEqualTo(40);
  }

  @Test
  void grpcStream_isTheSame() throws Exception {
    try (GrpcApi grpc = new GrpcApi(server.vertx, server.node.api())) {
      Buffer bytes = Buffer.buffer(batch("t", 1, 5).toByteArray());
      String token = server.token("grpc");
      GrpcApi.Reply good = grpc.call("StreamTicks", token, bytes);
      assertThat(good.status()).isEqualTo("OK");
      assertThat(TickResult.parseFrom(good.message()).getDurable()).isTrue();
      assertThat(grpc.call("StreamTicks", token, null).status()).isEqualTo("OK");
      GrpcApi.Reply foreign =
          grpc.call("StreamTicks", server.token("grpc", Tier.FREE, "other"), bytes);
      assertThat(foreign.status()).isEqualTo("OK");
      assertThat(TickResult.parseFrom(foreign.message()).getRefusal().getStatus()).isEqualTo(403);
      GrpcApi.Reply missing = grpc.call("StreamTicks", null, bytes);
      assertThat(missing.status()).isEqualTo("UNAUTHENTICATED");
      assertThat(missing.metadata("code")).isEqualTo("token_missing");
      GrpcApi.Reply broken = grpc.call("StreamTicks", token, Buffer.buffer("{}"));
      assertThat(broken.status()).isEqualTo("INVALID_ARGUMENT");
      assertThat(broken.metadata("code")).isEqualTo("malformed");
      GrpcApi.Reply large = grpc.call("StreamTicks", token, Buffer.buffer(new byte[(4 << 20) + 1]));
      assertThat(large.status()).isEqualTo("RESOURCE_EXHAUSTED");
      assertThat(large.metadata("code")).isEqualTo("too_large");
    }
  }

  @Test
  void grpcStream_answersInOrderWhileItIsSent() throws Exception {
    try (GrpcStreamApi stream =
        new GrpcStreamApi(server.vertx, server.node.api(), server.token("grpc-duplex"))) {
      stream.send(batch("t", 1, 5));
      assertThat(stream.answer().getSequence()).isEqualTo(1);
      for (long sequence = 2; sequence <= 3L * TickStream.WINDOW; sequence++) {
        stream.send(batch("t", sequence, 5));
      }
      for (long sequence = 2; sequence <= 3L * TickStream.WINDOW; sequence++) {
        TickResult next = stream.answer();
        assertThat(next.getSequence()).isEqualTo(sequence);
        assertThat(next.getDurable()).isNotEqualTo(next.hasRefusal());
      }
      assertThat(stream.end()).isEqualTo("OK");
    }
    assertThat(server.batches("grpc-duplex")).isPositive();
  }
}
