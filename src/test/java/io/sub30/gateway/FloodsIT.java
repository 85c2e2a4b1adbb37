package io.sub30.gateway;

import static io.sub30.gateway.AbusedNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.gateway.Api.Reply;
import io.sub30.gateway.connections.ConnectionGuard;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that send too much of one thing: each is got rid of within a bounded time, a good one is
 * served while they are there, and nothing of them stays in memory.
 */
class FloodsIT {

  private static final byte[] CANCEL = {0, 0, 0, 8};
  private static final int REFUSED_STREAM = 7;

  /** Sooner than for being idle, which is 3 s here. */
  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  @TempDir private static Path data;
  private static AbusedNode server;
  private long heapBefore;

  @BeforeAll
  static void start() throws Exception {
    server = AbusedNode.start(data, Map.of());
    server.aGoodClientIsServed();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void look() {
    heapBefore = AbusedNode.heapBytes();
  }

  @AfterEach
  void nothingStays() {
    assertThat(AbusedNode.heapBytes() - heapBefore).isLessThan(64L << 20);
  }

  @Test
  void rapidReset_isClosed() throws Exception {
    for (int connection = 0; connection < 20; connection++) {
      try (RawHttp2 attacker = server.connect()) {
        try {
          for (int stream = 1; stream < 20_000; stream += 2) {
            attacker.get(stream);
            attacker.send(RawHttp2.RST_STREAM, 0, stream, CANCEL);
          }
        } catch (IOException closed) {
          // Already.
        }
        assertThat(attacker.untilClosed()).isLessThan(AT_ONCE);
      }
    }
    server.aGoodClientIsServed();
  }

  @Test
  void continuationFlood_isClosed() throws Exception {
    try (RawHttp2 attacker = server.connect()) {
      attacker.send(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, RawHttp2.get());
      attacker.flood(10_000, RawHttp2.CONTINUATION, 0, 1, new byte[0]);
      server.aGoodClientIsServed();
      assertThat(attacker.untilClosed()).isLessThan(AT_ONCE);
    }
  }

  @Test
  void pingFlood_isClosed() throws Exception {
    try (RawHttp2 attacker = server.connect()) {
      attacker.flood(ConnectionGuard.MAX_CONTROL_FRAMES + 1, RawHttp2.PING, 0, 0, new byte[8]);
      server.aGoodClientIsServed();
      assertThat(attacker.untilClosed()).isLessThan(AT_ONCE);
    }
  }

  @Test
  void pingsBetweenRequests_areNoFlood() throws Exception {
    try (RawHttp2 client = server.connect()) {
      int acknowledged = 0;
      for (int i = 0; i < 3 * ConnectionGuard.MAX_CONTROL_FRAMES; i++) {
        client.get(2 * i + 1);
        client.send(RawHttp2.PING, 0, 0, new byte[8]);
        while (client.read().type() != RawHttp2.PING) {
          // Answers, which come before or after.
        }
        acknowledged++;
      }
      assertThat(acknowledged).isEqualTo(3 * ConnectionGuard.MAX_CONTROL_FRAMES);
    }
  }

  @Test
  void settingsFlood_isClosed() throws Exception {
    try (RawHttp2 attacker = server.connect()) {
      attacker.flood(ConnectionGuard.MAX_CONTROL_FRAMES + 1, RawHttp2.SETTINGS, 0, 0, new byte[0]);
      server.aGoodClientIsServed();
      assertThat(attacker.untilClosed()).isLessThan(AT_ONCE);
    }
  }

  @Test
  void emptyDataFlood_isClosed() throws Exception {
    try (RawHttp2 attacker = server.connect()) {
      attacker.post(1, server.node.token("slow"));
      attacker.flood(10_000, RawHttp2.DATA, 0, 1, new byte[0]);
      server.aGoodClientIsServed();
      assertThat(attacker.untilClosed()).isLessThan(AT_ONCE);
    }
  }

  /** They hold nothing; who sends nothing else is idle. */
  @Test
  void windowUpdateAndPriorityFlood_isClosed() throws Exception {
    try (RawHttp2 attacker = server.connect()) {
      byte[] nothing = {0, 0, 0, 0, 1};
      attacker.flood(50_000, RawHttp2.PRIORITY, 0, 3, nothing);
      attacker.flood(50_000, RawHttp2.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1});
      server.aGoodClientIsServed();
      assertThat(attacker.untilClosed()).isLessThan(SOON);
    }
  }

  @Test
  void streams_overTheLimit_areRefused() throws Exception {
    try (RawHttp2 attacker = server.connect()) {
      String token = server.node.token("slow");
      for (int i = 0; i < 101; i++) {
        attacker.post(2 * i + 1, token);
      }
      RawHttp2.Frame refusal = attacker.readUntil(RawHttp2.RST_STREAM);
      assertThat(refusal.stream()).isEqualTo(201);
      assertThat(refusal.code()).isEqualTo(REFUSED_STREAM);
      server.aGoodClientIsServed();
    }
  }

  /** A signature takes a millisecond to refuse: only so many of a connection are waited for. */
  @Test
  void forgedTokens_manyAtOnce_areRefusedAndGoodOnesServed() throws Exception {
    String good = server.node.token("good");
    List<String> forged = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      String token = server.node.token("forged-" + i);
      // Of the signature's first character: it decodes, and is another one.
      int signature = token.lastIndexOf('.') + 1;
      char other = token.charAt(signature) == 'A' ? 'B' : 'A';
      forged.add(token.substring(0, signature) + other + token.substring(signature + 1));
    }
    try (Api attacker = server.node.api(HttpVersion.HTTP_2);
        Api client = server.node.api(HttpVersion.HTTP_2)) {
      assertThat(attacker.get("/v1/signals", forged.get(0)).status()).isEqualTo(401);
      List<Reply> refusals = attacker.getAll("/v1/signals", forged);
      assertThat(refusals).extracting(Reply::status).containsOnly(401, 503);
      assertThat(refusals).filteredOn(reply -> reply.status() == 401).hasSizeGreaterThan(31);
      assertThat(refusals)
          .filteredOn(reply -> reply.status() == 503)
          .isNotEmpty()
          .allSatisfy(reply -> assertThat(reply.detail()).contains("of this connection"));
      assertThat(client.get("/v1/signals", good).status()).isEqualTo(200);
      // The same token is checked once, however many ask with it.
      String fresh = server.node.token("fresh");
      assertThat(client.getAll("/v1/signals", Collections.nCopies(90, fresh)))
          .extracting(Reply::status)
          .containsOnly(200);
    }
  }

  @Test
  void headerList_overTheLimit_isRefused() throws Exception {
    String large = "x".repeat(17 << 10);
    assertThat(server.answer("GET / HTTP/1.1\r\nHost: a\r\nX: " + large + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
    try (RawHttp2 attacker = server.connect()) {
      byte[] block =
          RawHttp2.headers(
              ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a", "x", large);
      byte[] first = Arrays.copyOf(block, 16_384);
      byte[] rest = Arrays.copyOfRange(block, 16_384, block.length);
      attacker.send(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, first);
      attacker.send(RawHttp2.CONTINUATION, RawHttp2.END_HEADERS, 1, rest);
      server.aGoodClientIsServed();
      attacker.readUntilStream(1);
    }
  }

  @Test
  void hosts_moreThanOne_areRefused() throws Exception {
    assertThat(
            server.answer(
                "GET /v1/signals HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("must name one");
    assertThat(server.answer("GET /v1/signals HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 401 ");
  }

  /** The answers of requests sent one behind the other, with nobody reading them. */
  @Test
  void pipelinedRequests_whoseAnswersNobodyReads_areClosed() throws Exception {
    byte[] requests =
        "GET /v1/signals HTTP/1.1\r\nHost: a\r\n\r\n"
            .repeat(1_000)
            .getBytes(StandardCharsets.US_ASCII);
    long startNanos = System.nanoTime();
    boolean closed = false;
    try (Socket attacker = server.socket()) {
      attacker.setReceiveBufferSize(4_096);
      while (!closed && System.nanoTime() - startNanos < SOON.toNanos()) {
        try {
          attacker.getOutputStream().write(requests);
        } catch (IOException e) {
          closed = true;
        }
      }
    }
    assertThat(closed).isTrue();
    server.aGoodClientIsServed();
  }
}
