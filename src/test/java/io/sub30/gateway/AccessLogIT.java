package io.sub30.gateway;

import static io.sub30.gateway.Api.JSON;
import static io.sub30.gateway.Submissions.acknowledged;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.sub30.gateway.Api.Reply;
import io.sub30.gateway.ingress.AccessLog;
import io.sub30.node.Endpoint;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** A running node's access log: a line for each request, and in it nothing that is secret. */
class AccessLogIT {

  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(AccessLog.LOGGER);

  @TempDir private static Path data;
  private static final Lines LINES = new Lines();
  private static List<String> atReady = List.of();
  private static RunningNode server;

  @BeforeAll
  static void start() throws Exception {
    LINES.start();
    // The tests have a configuration of logging of their own.
    LOGGER.setLevel(Level.INFO);
    LOGGER.setAdditive(false);
    LOGGER.addAppender(LINES);
    server = RunningNode.start(data, Map.of("http.access_log", "true"));
    atReady = List.copyOf(LINES.lines);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    LOGGER.detachAppender(LINES);
    LOGGER.setAdditive(true);
    LOGGER.setLevel(null);
  }

  @Test
  void warmUp_isNotLogged() {
    assertThat(atReady).noneMatch(line -> line.contains(" route=/v1/"));
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void request_isOneLineWithItsFigures(HttpVersion version) throws Exception {
    String tenant = "logged-" + version.ordinal();
    String token = server.token(tenant);
    try (Api api = server.api(version)) {
      Reply good = acknowledged(api, token, batch("t", 1, 5), JSON);
      assertThat(line(good))
          .matches(
              "method=POST route=/v1/ticks status=200 bytes="
                  + good.body().length()
                  + " us=[1-9]\\d* tenant="
                  + tenant
                  + " request=\\S+ trace="
                  + good.headers().get("traceparent").substring(3, 35));

      Reply read = api.get("/v1/quotes/EURUSD?terminal=confidential", token);
      assertThat(line(read))
          .contains("method=GET route=/v1/quotes/{symbol} status=404 ")
          .contains(" tenant=" + tenant + " ");

      Reply refused =
          api.send(HttpMethod.POST, "/v1/ticks", "no.good", JSON, Buffer.buffer("{}"), Map.of());
      assertThat(line(refused)).contains(" status=401 ").contains(" tenant=- ");

      Reply nowhere = api.get("/secret/place%0Astatus=200", token);
      assertThat(line(nowhere)).contains("route=- status=404 ");
      Reply other =
          api.send(HttpMethod.valueOf("BREW"), "/v1/ticks", token, null, Buffer.buffer(), Map.of());
      assertThat(line(other)).contains("method=BREW route=/v1/ticks status=405 ");
      assertThat(line(api.get("/openapi.yaml", null))).contains("route=/openapi.yaml status=200 ");
    }
    assertThat(LINES.lines)
        .noneMatch(
            line ->
                line.contains(token)
                    || line.contains("no.good")
                    || line.contains("confidential")
                    || line.contains("secret")
                    || line.contains("\n"));
  }

  @Test
  void grpc_isOneLineWithItsFigures() throws Exception {
    try (GrpcApi api = new GrpcApi(server.vertx, server.node.api())) {
      GrpcApi.Reply good = api.submit(server.token("called"), batch("t", 1, 5));
      assertThat(good.status()).isEqualTo("OK");
      assertThat(line(String.valueOf(good.metadata("x-request-id"))))
          .contains("method=POST route=/sub30.v1.TradingGateway/SubmitTicks status=200 bytes=")
          .doesNotContain("bytes=0 ")
          .contains(" tenant=called ");
      GrpcApi.Reply refused = api.submit(null, batch("t", 1, 5));
      assertThat(line(String.valueOf(refused.metadata("x-request-id")))).contains(" tenant=- ");
    }
  }

  @Test
  void clientThatGoes_isALineToo() throws Exception {
    String token = server.token("gone");
    try (Api api = server.api(HttpVersion.HTTP_1_1)) {
      // Remembered from here on, so that its sender is known at once.
      api.get("/v1/signals", token);
    }
    NetSocket socket = socket();
    Promise<Buffer> answered = Promise.promise();
    socket.handler(answered::tryComplete);
    // The answer to the first says that the second has begun.
    RunningNode.await(
        socket.write(
            "GET /openapi.yaml HTTP/1.1\r\nhost: x\r\nif-none-match: *\r\n\r\n"
                + "POST /v1/ticks HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
                + "authorization: Bearer "
                + token
                + "\r\ncontent-length: 100\r\n\r\n{"));
    assertThat(RunningNode.await(answered.future()).toString()).startsWith("HTTP/1.1 304");
    RunningNode.await(socket.close());
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(LINES.lines)
                    .filteredOn(line -> line.contains("method=POST"))
                    .filteredOn(line -> line.contains(" tenant=gone "))
                    .singleElement()
                    .asString()
                    .contains(" status=499 bytes=0 "));
  }

  @Test
  void streamWhoseClientGoes_isALineToo() throws Exception {
    String token = server.token("streams");
    NetSocket socket = socket();
    Promise<Buffer> begun = Promise.promise();
    socket.handler(begun::tryComplete);
    RunningNode.await(
        socket.write(
            "POST /v1/ticks/stream HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\n"
                + "authorization: Bearer "
                + token
                + "\r\ntransfer-encoding: chunked\r\n\r\n"));
    assertThat(RunningNode.await(begun.future()).toString()).startsWith("HTTP/1.1 200");
    RunningNode.await(socket.close());
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(LINES.lines)
                    .filteredOn(line -> line.contains(" tenant=streams "))
                    .singleElement()
                    .asString()
                    .contains("route=/v1/ticks/stream status=200 "));
  }

  private static NetSocket socket() throws Exception {
    Endpoint api = server.node.api();
    return RunningNode.await(server.vertx.createNetClient().connect(api.port(), api.host()));
  }

  @Test
  void dropped_isAMetric() throws Exception {
    assertThat(server.ops("/metrics").body().toString())
        .contains("sub30_access_log_dropped_total 0");
  }

  private static String line(Reply reply) {
    return line(String.valueOf(reply.headers().get("x-request-id")));
  }

  /** The one line of a request; it may be written after the answer has been read. */
  private static String line(String requestId) {
    String field = " request=" + requestId + " ";
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> LINES.lines.stream().anyMatch(line -> line.contains(field)));
    assertThat(LINES.lines).filteredOn(line -> line.contains(field)).hasSize(1);
    return LINES.lines.stream().filter(line -> line.contains(field)).findFirst().orElseThrow();
  }

  private static final class Lines extends AppenderBase<ILoggingEvent> {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(event.getFormattedMessage());
    }
  }
}
