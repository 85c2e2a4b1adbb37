package io.sub30.gateway;

import static io.sub30.gateway.Api.JSON;
import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.Submissions.acknowledged;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.gateway.Api.Reply;
import io.sub30.gateway.identity.SigningKeys;
import io.sub30.gateway.identity.Tokens;
import io.sub30.gateway.requests.Batches;
import io.sub30.v1.TickBatch;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bad input at the real door: each has its documented answer. After every one of them the server
 * serves on over the same connection, and PostgreSQL holds nothing of what was refused.
 */
class GatewayRefusalsIT {

  private static final String TENANT = "refused";

  @TempDir private static Path data;
  @TempDir private static Path otherKeys;
  private static RunningNode server;
  private static String good;
  private static long goodSequence;

  private Api api;

  @BeforeAll
  static void start() throws Exception {
    server = RunningNode.start(data);
    good = server.token(TENANT);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void connect() {
    api = server.api(HttpVersion.HTTP_2);
  }

  @AfterEach
  void theServerServesOnAndHasStoredNothing() throws Exception {
    acknowledged(api, server.token("good"), batch("t", ++goodSequence, 5), PROTOBUF);
    api.close();
    assertThat(server.rows(TENANT))
        .containsEntry("tick_batches", 0L)
        .containsEntry("batch_keys", 0L)
        .containsEntry("signals", 0L);
    assertThat(server.batches("good")).isEqualTo(goodSequence);
  }

  // ---- the body

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{} {}",
        "{\"terminal\":\"t\",\"sequence\":1,\"ticks\":[{\"symbol\":\"EURUSD\",\"bid\":NaN}]}",
        "{\"terminal\":\"t\",\"sequence\":1,\"ticks\":[{\"symbol\":\"EURUSD\",\"bid\":\"x\"}]}",
        "{\"terminal\":\"t\",\"sequence\":1.5,\"ticks\":[{\"symbol\":\"EURUSD\"}]}",
        "{\"terminal\":\"t\",\"sequence\":-1,\"ticks\":[{\"symbol\":\"EURUSD\"}]}",
        "{\"terminal\":\"t\",\"sequence\":1,\"sequence\":2,\"ticks\":[{\"symbol\":\"EURUSD\"}]}",
        "{\"terminal\":\"t\",\"sequence\":1,\"tiks\":[{\"symbol\":\"EURUSD\"}]}",
        "{\"terminal\":\"t\",\"sequence\":1,/* c */\"ticks\":[{\"symbol\":\"EURUSD\"}]}",
        "{\"terminal\":\"t/1\",\"sequence\":1,\"ticks\":[{\"symbol\":\"EURUSD\"}]}",
        "{\"sequence\":1,\"ticks\":[{\"symbol\":\"EURUSD\"}]}",
        "{\"terminal\":\"t\",\"sequence\":1,\"ticks\":[]}",
        "{\"terminal\":\"t\",\"sequence\":1}",
      })
  void submit_badJson_is400(String body) throws Exception {
    assertProblem(api.post(good, JSON, Buffer.buffer(body)), 400, "malformed");
  }

  @Test
  void submit_jsonThatIsNotUtf8_is400() throws Exception {
    byte[] latin1 = "{\"terminal\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertProblem(api.post(good, JSON, Buffer.buffer(latin1)), 400, "malformed");
  }

  @Test
  void submit_badProtobuf_is400() throws Exception {
    byte[] whole = batch("t", 1, 5).toByteArray();
    Buffer cut = Buffer.buffer(whole).slice(0, whole.length - 1);
    assertProblem(api.post(good, PROTOBUF, cut), 400, "malformed");
    assertProblem(api.post(good, PROTOBUF, Buffer.buffer("{\"a\":1}")), 400, "malformed");
    assertProblem(api.post(good, PROTOBUF, Buffer.buffer()), 400, "malformed");
    TickBatch empty = batch("t", 1, 0);
    Reply reply = api.submit(good, empty, PROTOBUF);
    assertProblem(reply, 400, "malformed");
    assertThat(reply.detail()).contains("ticks is empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/jsonx", "application/protobuf", "*/*", ""})
  void submit_otherContentType_is415(String type) throws Exception {
    Buffer body = Buffer.buffer(Batches.json(batch("t", 1, 5)));
    Reply reply = api.post(good, type.isEmpty() ? null : type, body);
    assertProblem(reply, 415, "unsupported_media_type");
    assertThat(reply.detail()).contains("application/json or application/x-protobuf");
  }

  @ParameterizedTest
  @ValueSource(strings = {JSON, PROTOBUF})
  void submit_tenThousandAndOneTicks_is413(String type) throws Exception {
    Reply reply = api.submit(good, batch("t", 1, 10_001), type);
    assertProblem(reply, 413, "too_large");
    assertThat(reply.detail()).contains("10000");
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_2", "HTTP_1_1"})
  void submit_bodyOverTheLimit_is413WithAndWithoutItsLength(HttpVersion version) throws Exception {
    Buffer body = Buffer.buffer(new byte[(4 << 20) + 1]);
    try (Api door = server.api(version)) {
      Reply declared = door.post(good, JSON, body);
      assertProblem(declared, 413, "too_large");
      assertThat(declared.detail()).contains("4194304 bytes");
      assertProblem(door.postInPieces(good, JSON, body), 413, "too_large");
      // And the connection has not been lost for it.
      acknowledged(door, server.token("good"), batch("t", ++goodSequence, 5), JSON);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, non_finite",
    "Infinity, non_finite",
    "-Infinity, non_finite",
    "-1.1, non_positive_price",
    "0, non_positive_price",
    "-0.0, non_positive_price",
    "1e300, price_out_of_range",
    "1e-300, price_out_of_range"
  })
  void submit_everyPriceBad_is422NamingEachTick(double price, String reason) throws Exception {
    TickBatch.Builder batch = batch("t", 1, 3).toBuilder();
    batch.getTicksBuilderList().forEach(tick -> tick.setBid(price).setAsk(price));
    Reply reply = api.submit(good, batch.build(), PROTOBUF);
    assertProblem(reply, 422, "nothing_valid");
    assertThat(reply.detail())
        .contains("ticks[0] " + reason, "ticks[1] " + reason, "ticks[2] " + reason);
  }

  @Test
  void submit_everySymbolUnknown_is422() throws Exception {
    TickBatch.Builder batch = batch("t", 1, 2).toBuilder();
    batch.getTicksBuilderList().forEach(tick -> tick.setSymbol("NOSUCH"));
    Reply reply = api.submit(good, batch.build(), JSON);
    assertProblem(reply, 422, "nothing_valid");
    assertThat(reply.detail()).contains("ticks[1] unknown_symbol");
  }

  // ---- the token

  @Test
  void submit_withoutAToken_is401() throws Exception {
    Buffer body = Buffer.buffer(Batches.json(batch("t", 1, 5)));
    assertProblem(api.post(null, JSON, body), 401, "token_missing");
    Map<String, String> basic = Map.of("authorization", "Basic dTpw");
    Reply other = api.post(null, JSON, body, basic);
    assertProblem(other, 401, "token_missing");
    assertThat(other.headers().get("www-authenticate")).startsWith("Bearer");
    assertProblem(api.get("/v1/signals", null), 401, "token_missing");
  }

  @Test
  void submit_expiredToken_is401() throws Exception {
    long now = EpochClock.SYSTEM.epochMillis() / 1_000;
    assertToken(sign(server.keys, claims -> claims.put("exp", "" + (now - 1))), "token_expired");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "aud | \"another-api\"",
        "aud | []",
        "iss | \"somebody\"",
        "tier | \"platinum\"",
        "tier | \"FREE\"",
        "tier | null",
        "tenant | \"~warm-up\"",
        "tenant | \"\"",
        "nbf | 99999999999",
        "exp | \"tomorrow\"",
      })
  void submit_validSignatureButABadClaim_is401(String claim, String value) throws Exception {
    assertToken(sign(server.keys, claims -> claims.put(claim, value)), "token_invalid");
  }

  @Test
  void submit_forgedToken_is401() throws Exception {
    String[] parts = good.split("\\.", -1);
    String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
    String raised = Tokens.encode(claims.replace("free", "enterprise"));
    assertToken(parts[0] + "." + raised + "." + parts[2], "token_invalid");
    assertToken(parts[0] + "." + parts[1] + ".", "token_invalid");
    assertToken(Tokens.encode("{\"alg\":\"none\"}") + "." + parts[1] + ".", "token_invalid");
    assertToken(sign(SigningKeys.open(otherKeys), ignored -> {}), "token_invalid");
    assertToken(good + "A", "token_invalid");
    assertToken("x", "token_invalid");
    assertToken("", "token_invalid");
  }

  @Test
  void submit_forAnotherTerminal_is403() throws Exception {
    String bound = server.token(TENANT, Tier.FREE, "t");
    Reply reply = api.submit(bound, batch("u", 1, 5), JSON);
    assertProblem(reply, 403, "forbidden");
    assertThat(reply.detail()).contains("terminal t", "terminal u");
  }

  private void assertToken(String token, String code) throws Exception {
    Reply reply = api.submit(token, batch("t", 1, 5), PROTOBUF);
    assertProblem(reply, 401, code);
    assertThat(reply.headers().get("www-authenticate")).startsWith("Bearer");
    assertThat(api.get("/v1/signals", token).status()).isEqualTo(401);
  }

  private static String sign(SigningKeys keys, Consumer<Map<String, String>> change)
      throws Exception {
    long now = EpochClock.SYSTEM.epochMillis() / 1_000;
    Map<String, String> claims = Tokens.claims();
    claims.put("tenant", "\"" + TENANT + "\"");
    claims.put("tier", "\"free\"");
    claims.put("iat", Long.toString(now - 10));
    claims.put("nbf", Long.toString(now - 10));
    claims.put("exp", Long.toString(now + 600));
    change.accept(claims);
    return Tokens.sign(keys, Tokens.json(claims));
  }

  /** The claims that are spoiled above are good when they are not. */
  @Test
  void sign_unspoiled_isBelieved() throws Exception {
    assertThat(api.get("/v1/signals", sign(server.keys, claims -> {})).status()).isEqualTo(200);
  }

  // ---- the request

  @ParameterizedTest
  @ValueSource(strings = {"/", "/v1", "/v1/tick", "/v1/ticks/", "/v2/ticks", "/v1/%2e%2e/ticks"})
  void get_unknownPath_is404(String path) throws Exception {
    assertProblem(api.get(path, good), 404, "not_found");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/ticks, POST",
    "PUT, /v1/ticks, POST",
    "DELETE, /v1/ticks, POST",
    "POST, /v1/signals, GET",
    "DELETE, /v1/signals, GET"
  })
  void send_wrongMethod_is405WithTheRightOne(String method, String path, String allowed)
      throws Exception {
    Reply reply =
        api.send(HttpMethod.valueOf(method), path, good, JSON, Buffer.buffer("{}"), Map.of());
    assertProblem(reply, 405, "method_not_allowed");
    assertThat(reply.headers().get("allow")).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "0", "-1", "1.5", "3600001", "99999999999", "10ms", ""})
  void submit_badTimeout_is400(String timeout) throws Exception {
    Buffer body = Buffer.buffer(batch("t", 1, 5).toByteArray());
    Reply reply = api.post(good, PROTOBUF, body, Map.of("x-request-timeout-ms", timeout));
    assertProblem(reply, 400, "malformed");
    assertThat(reply.detail()).contains("X-Request-Timeout-Ms");
  }

  @Test
  void submit_twoHosts_is400() throws Exception {
    byte[] body = batch("t", 1, 5).toByteArray();
    String head =
        "POST /v1/ticks HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n"
            + "Authorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n";
    String answer = raw(head.formatted(good, PROTOBUF, body.length), body);
    assertThat(answer).startsWith("HTTP/1.1 400 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: five\r\n"
      })
  void submit_ambiguousLength_isRefusedAndClosed(String length) throws Exception {
    String head =
        "POST /v1/ticks HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
            + good
            + "\r\nContent-Type: application/json\r\n"
            + length
            + "\r\n";
    // The answer ends with the connection: what follows must not be taken for a second request.
    assertThat(raw(head, "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))
        .startsWith("HTTP/1.1 400 ");
  }

  /**
   * Sends bytes and reads until the server closes. In one piece: what comes after it has closed is
   * answered by a reset, which takes an answer that was not read yet with it.
   */
  private static String raw(String head, byte[] body) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write(head.getBytes(StandardCharsets.US_ASCII));
    request.write(body);
    try (Socket socket = new Socket(server.node.api().host(), server.node.api().port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.toByteArray());
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  // ---- gRPC

  @Test
  void grpc_badInput_hasTheStatusOfTheSameMeaning() throws Exception {
    try (GrpcApi grpc = new GrpcApi(server.vertx, server.node.api())) {
      assertGrpc(grpc.submit(null, batch("t", 1, 5)), "UNAUTHENTICATED", "token_missing");
      assertGrpc(grpc.submit("x", batch("t", 1, 5)), "UNAUTHENTICATED", "token_invalid");
      assertGrpc(grpc.submit(good, batch("t", 1, 0)), "INVALID_ARGUMENT", "malformed");
      assertGrpc(
          grpc.call("SubmitTicks", good, Buffer.buffer("{}")), "INVALID_ARGUMENT", "malformed");
      assertGrpc(grpc.submit(good, batch("t", 1, 10_001)), "RESOURCE_EXHAUSTED", "too_large");
      String bound = server.token(TENANT, Tier.FREE, "t");
      assertGrpc(grpc.submit(bound, batch("u", 1, 5)), "PERMISSION_DENIED", "forbidden");
      TickBatch.Builder bad = batch("t", 1, 1).toBuilder();
      bad.getTicksBuilder(0).setBid(Double.NaN);
      assertGrpc(grpc.submit(good, bad.build()), "FAILED_PRECONDITION", "nothing_valid");
      assertGrpc(grpc.signals(good, 501), "INVALID_ARGUMENT", "malformed");
      assertGrpc(grpc.signals(null, 1), "UNAUTHENTICATED", "token_missing");
      assertThat(grpc.call("StreamNothing", good, Buffer.buffer()).status())
          .isEqualTo("UNIMPLEMENTED");
    }
  }

  @Test
  void grpc_reflectionThatIsOff_isUnimplemented() throws Exception {
    String path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    Buffer noQuestion = Buffer.buffer(new byte[5]);
    Reply reply = api.send(HttpMethod.POST, path, good, "application/grpc", noQuestion, Map.of());
    assertThat(reply.headers().get("grpc-status")).isEqualTo("12");
  }

  @Test
  void grpc_callWithoutAMessage_isAnsweredNotLeftHanging() throws Exception {
    try (GrpcApi grpc = new GrpcApi(server.vertx, server.node.api())) {
      assertGrpc(grpc.call("SubmitTicks", good, null), "INVALID_ARGUMENT", "malformed");
      assertGrpc(grpc.call("ListSignals", good, null), "INVALID_ARGUMENT", "malformed");
    }
  }

  @Test
  void grpc_messageOverTheLimit_isRefused() throws Exception {
    try (GrpcApi grpc = new GrpcApi(server.vertx, server.node.api())) {
      GrpcApi.Reply reply = grpc.call("SubmitTicks", good, Buffer.buffer(new byte[(4 << 20) + 1]));
      assertThat(reply.status()).isEqualTo("RESOURCE_EXHAUSTED");
    }
  }

  private static void assertGrpc(GrpcApi.Reply reply, String status, String code) {
    assertThat(reply.status()).as(reply.detail()).isEqualTo(status);
    assertThat(reply.metadata("code")).isEqualTo(code);
    assertThat(reply.metadata("x-request-id")).isNotEmpty();
  }

  private static void assertProblem(Reply reply, int status, String code) {
    assertThat(reply.status()).as(reply.body().toString()).isEqualTo(status);
    assertThat(reply.headers().get("content-type")).isEqualTo("application/problem+json");
    assertThat(reply.code()).isEqualTo(code);
    assertThat(reply.json().getInteger("status")).isEqualTo(status);
    assertThat(reply.detail()).isNotEmpty();
    assertThat(reply.json().getString("request_id"))
        .isNotEmpty()
        .isEqualTo(reply.headers().get("x-request-id"));
  }
}
