package io.sub30.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sub30.gateway.Api.Reply;
import io.vertx.core.http.HttpVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Too many connections: of all, and of one tenant. */
class ConnectionLimitsIT {

  private static final int MAX_CONNECTIONS = 40;

  @TempDir private static Path data;
  private static AbusedNode server;

  @BeforeAll
  static void start() throws Exception {
    server =
        AbusedNode.start(
            data,
            Map.of(
                "http.max_connections",
                Integer.toString(MAX_CONNECTIONS),
                "http.max_tenant_connections",
                "3"));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void connections_overTheLimit_areClosedAtOnce() throws Exception {
    List<RawHttp2> open = new ArrayList<>();
    int accepted = 0;
    try {
      for (int i = 0; i < MAX_CONNECTIONS + 20; i++) {
        try {
          RawHttp2 one = server.connect();
          open.add(one);
          one.read();
          accepted++;
        } catch (SocketTimeoutException e) {
          throw e;
        } catch (IOException closed) {
          // Over the limit.
        }
      }
      assertThat(accepted).isBetween(MAX_CONNECTIONS / 2, MAX_CONNECTIONS);
    } finally {
      for (RawHttp2 one : open) {
        one.close();
      }
    }
    await()
        .atMost(10, TimeUnit.SECONDS)
        .ignoreExceptions()
        .untilAsserted(server::aGoodClientIsServed);
  }

  /** Its requests are over long before the guard looks for open ones. */
  @Test
  void aConnection_thatIsSeldomAsked_isNotTakenForIdle() throws Exception {
    byte[] head =
        "GET /openapi.yaml HTTP/1.1\r\nHost: sub30\r\nIf-None-Match: *\r\n\r\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    try (Socket socket = server.socket()) {
      BufferedReader answers =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      for (int i = 0; i < 20; i++) { // for 5 s, and 3 s is idle
        socket.getOutputStream().write(head);
        assertThat(answers.readLine()).as("answer %d", i).startsWith("HTTP/1.1 304");
        for (String line = answers.readLine(); !line.isEmpty(); ) {
          line = answers.readLine();
        }
        Thread.sleep(250);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_2", "HTTP_1_1"})
  void connectionsOfATenant_overTheLimit_areRefused(HttpVersion version) throws Exception {
    String token = server.node.token("many");
    List<Api> open = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        Api one = server.node.api(version);
        open.add(one);
        assertThat(one.get("/v1/signals", token).status()).isEqualTo(200);
      }
      try (Api fourth = server.node.api(version)) {
        Reply refusal = fourth.get("/v1/signals", token);
        assertThat(refusal.status()).isEqualTo(503);
        assertThat(refusal.detail()).contains("tenant many has 3 connections");
        assertThat(refusal.headers().get("retry-after-ms")).isNotEmpty();
      }
      // Others are not concerned, nor are those that were let in.
      server.aGoodClientIsServed();
      assertThat(open.get(0).get("/v1/signals", token).status()).isEqualTo(200);
    } finally {
      for (Api one : open) {
        one.close();
      }
    }
    await()
        .atMost(5, TimeUnit.SECONDS)
        .untilAsserted(
            () -> {
              try (Api again = server.node.api(version)) {
                assertThat(again.get("/v1/signals", token).status()).isEqualTo(200);
              }
            });
  }
}
