package io.sub30.gateway;

import static io.sub30.gateway.AbusedNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that take their time: each is closed when its time is over, however it keeps busy. */
@Tag("long")
class SlowClientsIT {

  private static final String UPGRADE_THAT_IS_REFUSED =
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n";

  private static final byte[] NO_WINDOW = {0, 4, 0, 0, 0, 0};

  @TempDir private static Path data;
  private static AbusedNode server;

  @BeforeAll
  static void start() throws Exception {
    server = AbusedNode.start(data, Map.of());
    server.aGoodClientIsServed();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\nX: ", "\r\n\r\n ", UPGRADE_THAT_IS_REFUSED})
  void firstHead_thatTrickles_isClosed(String begin) throws Exception {
    assertThat(server.trickle(begin, true)).isLessThan(SOON);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GET", "PRI * HTTP/2.0\r\n"})
  void firstHead_thatNeverComes_isClosed(String begin) throws Exception {
    // Sooner than for being idle.
    assertThat(server.trickle(begin, false)).isLessThan(Duration.ofMillis(2_900));
  }

  @Test
  void laterHead_thatTrickles_isClosed() throws Exception {
    String first = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    assertThat(server.trickle(first + "GET / HTTP/1.1\r\nX: ", true)).isLessThan(SOON);
  }

  @Test
  void body_thatTrickles_isClosed() throws Exception {
    String head =
        "POST /v1/ticks HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n"
            + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n";
    assertThat(server.trickle(head.formatted(server.node.token("slow")), true)).isLessThan(SOON);
  }

  /** The answer is there, and its connection is kept for the rest of the body. */
  @Test
  void body_thatTricklesAfterItsRefusal_isClosed() throws Exception {
    String head =
        "POST /v1/ticks HTTP/1.1\r\nHost: a\r\n"
            + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n";
    assertThat(server.trickle(head, true)).isLessThan(SOON);
  }

  @Test
  void body_thatDoesNotEnd_isResetInHttp2() throws Exception {
    try (RawHttp2 attacker = server.connect()) {
      attacker.post(1, server.node.token("slow"));
      attacker.send(RawHttp2.DATA, 0, 1, new byte[] {'{'});
      long start = System.nanoTime();
      server.aGoodClientIsServed();
      assertThat(attacker.readUntil(RawHttp2.RST_STREAM).stream()).isEqualTo(1);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }
  }

  @Test
  void answer_thatNobodyTakes_isResetInHttp2() throws Exception {
    try (RawHttp2 attacker = server.connect()) {
      attacker.send(RawHttp2.SETTINGS, 0, 0, NO_WINDOW);
      attacker.get(1);
      long start = System.nanoTime();
      server.aGoodClientIsServed();
      assertThat(attacker.readUntil(RawHttp2.HEADERS).stream()).isEqualTo(1);
      assertThat(attacker.readUntil(RawHttp2.RST_STREAM).stream()).isEqualTo(1);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }
  }

  @Test
  void connection_withPingsButNoRequests_isClosed() throws Exception {
    try (RawHttp2 attacker = server.connect()) {
      long start = System.nanoTime();
      Thread pings =
          new Thread(
              () -> {
                for (int i = 0; i < 60 && !Thread.currentThread().isInterrupted(); i++) {
                  attacker.flood(1, RawHttp2.PING, 0, 0, new byte[8]);
                  LockSupport.parkNanos(200_000_000);
                }
              });
      pings.start();
      server.aGoodClientIsServed();
      attacker.untilClosed();
      pings.interrupt();
      pings.join();
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofMillis(2_900), SOON);
    }
  }
}
