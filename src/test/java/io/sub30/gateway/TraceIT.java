package io.sub30.gateway;

import static io.sub30.gateway.Api.JSON;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.sub30.gateway.Api.Reply;
import io.sub30.gateway.api.ApiRoute;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** A running node answers in its clients' traces, and its log names them. */
class TraceIT {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";
  private static final Map<String, String> HEADER =
      Map.of("traceparent", "00-" + TRACE + "-" + SPAN + "-01");

  @TempDir private static Path data;
  private static RunningNode server;

  @BeforeAll
  static void start() throws Exception {
    server =
        RunningNode.start(
            data,
            Map.of("budget.lines.client_gateway", "1us", "budget.lines.network_buffer", "4999us"));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void everyRoute_answersInTheClientsTrace(HttpVersion version) throws Exception {
    try (Api api = server.api(version)) {
      String token = server.token("traced");
      for (ApiRoute route : ApiRoute.values()) {
        String path = route.template().replace("{symbol}", "EURUSD");
        for (@Nullable String shown : new @Nullable String[] {token, null}) {
          Reply reply = api.send(route.method(), path, shown, JSON, Buffer.buffer("{}"), HEADER);
          assertInTrace(reply.headers().get("traceparent"));
        }
      }
      for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.DELETE)) {
        Reply reply = api.send(method, "/nowhere", token, null, Buffer.buffer(), HEADER);
        assertThat(reply.status()).isEqualTo(404);
        assertInTrace(reply.headers().get("traceparent"));
      }
      Reply untraced = api.get("/v1/signals", token);
      assertThat(untraced.headers().getAll("traceparent")).hasSize(1);
      assertThat(untraced.headers().get("traceparent"))
          .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00")
          .doesNotContain(TRACE);
    }
  }

  @Test
  void grpc_answersInTheClientsTrace() throws Exception {
    try (GrpcApi api = new GrpcApi(server.vertx, server.node.api())) {
      GrpcApi.Reply good = api.submit(server.token("grpc"), batch("t", 1, 5), HEADER);
      assertThat(good.status()).isEqualTo("OK");
      assertInTrace(good.metadata("traceparent"));
      GrpcApi.Reply refused = api.submit(null, batch("t", 1, 5), HEADER);
      assertThat(refused.status()).isEqualTo("UNAUTHENTICATED");
      assertInTrace(refused.metadata("traceparent"));
      assertThat(api.submit(server.token("grpc"), batch("t", 2, 5)).metadata("traceparent"))
          .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00")
          .doesNotContain(TRACE);
    }
  }

  /** A first token is verified, which takes longer than the line of the gateway has here. */
  @Test
  void violations_areLoggedWithTheTrace() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("io.sub30.slo.ViolationLog");
    Lines lines = new Lines();
    lines.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(lines);
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      for (int i = 0; i < 50 && lines.in(TRACE).isEmpty(); i++) {
        api.send(
            HttpMethod.GET, "/v1/signals", server.token("v" + i), null, Buffer.buffer(), HEADER);
      }
      assertThat(lines.in(TRACE)).isNotEmpty();
      assertThat(lines.in(TRACE).get(0)).contains("request=").contains("component=client_gateway");
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(null);
    }
  }

  private static final class Lines extends AppenderBase<ILoggingEvent> {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(event.getFormattedMessage());
    }

    List<String> in(String trace) {
      return lines.stream().filter(line -> line.contains("trace=" + trace)).toList();
    }
  }

  private static void assertInTrace(@Nullable String traceparent) {
    assertThat(traceparent).matches("00-" + TRACE + "-[0-9a-f]{16}-01").doesNotContain(SPAN);
  }
}
