package io.sub30.gateway;

import static io.sub30.gateway.Submissions.acknowledged;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.node.Endpoint;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;

/** A node with short time-outs, a good client of it, and clients that mean harm. Blocking. */
final class AbusedNode implements AutoCloseable {

  /**
   * Longer than any time-out here, with the sweep and a busy machine; shorter than a test waits.
   */
  static final Duration SOON = Duration.ofSeconds(10);

  private static final long GIVE_UP_NANOS = 20_000_000_000L;

  final RunningNode node;
  private final AtomicLong sequence = new AtomicLong();

  private AbusedNode(RunningNode node) {
    this.node = node;
  }

  static AbusedNode start(Path data, Map<String, String> more) throws Exception {
    Map<String, String> options =
        new LinkedHashMap<>(
            Map.of(
                "http.header_timeout", "1s",
                "http.body_timeout", "1s",
                "http.answer_timeout", "1s",
                "http.idle_timeout", "3s"));
    options.putAll(more);
    return new AbusedNode(RunningNode.start(data, options));
  }

  Endpoint endpoint() {
    return node.node.api();
  }

  RawHttp2 connect() throws IOException {
    return new RawHttp2(endpoint());
  }

  void aGoodClientIsServed() throws Exception {
    try (Api api = node.api(HttpVersion.HTTP_2)) {
      acknowledged(
          api, node.token("good"), batch("t", sequence.incrementAndGet(), 5), Api.PROTOBUF);
    }
  }

  Socket socket() throws IOException {
    Socket socket = new Socket(endpoint().host(), endpoint().port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** What the server answers to those bytes until it closes. */
  String answer(String request) throws IOException {
    try (Socket socket = socket()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /**
   * Sends those bytes, then an x ten times a second, or nothing; how long until it was closed. A
   * good client is served meanwhile.
   */
  Duration trickle(String begin, boolean more) throws Exception {
    try (Socket socket = socket()) {
      socket.setSoTimeout(100);
      long start = System.nanoTime();
      socket.getOutputStream().write(begin.getBytes(StandardCharsets.ISO_8859_1));
      aGoodClientIsServed();
      boolean open = true;
      while (open && System.nanoTime() - start < GIVE_UP_NANOS) {
        open = stillOpen(socket, more);
      }
      assertThat(open).as("open after 20 s").isFalse();
      return Duration.ofNanos(System.nanoTime() - start);
    }
  }

  private static boolean stillOpen(Socket socket, boolean more) {
    try {
      int read = socket.getInputStream().read();
      if (read < 0) {
        return false;
      }
    } catch (SocketTimeoutException quiet) {
      // Still there.
    } catch (IOException closed) {
      return false;
    }
    try {
      if (more) {
        socket.getOutputStream().write('x');
      }
      return true;
    } catch (IOException closed) {
      return false;
    }
  }

  static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    }
    return packed.toByteArray();
  }

  /** What is reachable, of the server and the test together. */
  static long heapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Override
  public void close() throws Exception {
    node.close();
  }
}
