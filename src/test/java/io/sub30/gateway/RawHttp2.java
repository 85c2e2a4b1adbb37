package io.sub30.gateway;

import io.sub30.node.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** An HTTP/2 connection that sends whatever frames a test likes. Blocking. */
final class RawHttp2 implements AutoCloseable {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;

  RawHttp2(Endpoint server) throws IOException {
    socket = new Socket(server.host(), server.port());
    socket.setSoTimeout(20_000);
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    send(SETTINGS, 0, 0, new byte[0]);
  }

  /**
   * A frame the server sent.
   *
   * @param code the first four bytes of what it carries, 0 when there are none
   */
  record Frame(int type, int stream, int code) {}

  void send(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
    out.write(frame.array());
  }

  /** Sends that frame so often, or until the server has closed. */
  void flood(int times, int type, int flags, int stream, byte[] payload) {
    try {
      for (int i = 0; i < times; i++) {
        send(type, flags, stream, payload);
      }
    } catch (IOException closed) {
      // Which is what the test waits for.
    }
  }

  /** HPACK of names and values in turn: literals that are not indexed, each under 127 bytes. */
  static byte[] headers(String... namesAndValues) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i++) {
      if (i % 2 == 0) {
        block.write(0);
      }
      byte[] text = namesAndValues[i].getBytes(StandardCharsets.US_ASCII);
      if (text.length < 127) {
        block.write(text.length);
      } else {
        block.write(127);
        int rest = text.length - 127;
        for (; rest >= 128; rest >>= 7) {
          block.write(rest & 127 | 128);
        }
        block.write(rest);
      }
      block.writeBytes(text);
    }
    return block.toByteArray();
  }

  static byte[] get() {
    return headers(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a");
  }

  /** A request that is not answered with success. */
  void get(int stream) throws IOException {
    send(HEADERS, END_HEADERS | END_STREAM, stream, get());
  }

  /** The head of a batch in JSON; its body may follow. */
  void post(int stream, String token) throws IOException {
    byte[] head =
        headers(
            ":method",
            "POST",
            ":scheme",
            "http",
            ":path",
            "/v1/ticks",
            ":authority",
            "a",
            "authorization",
            "Bearer " + token,
            "content-type",
            "application/json");
    send(HEADERS, END_HEADERS, stream, head);
  }

  /** The next frame; fails with an {@link IOException} when the server has closed. */
  Frame read() throws IOException {
    int head = in.readInt();
    in.readByte();
    int stream = in.readInt();
    byte[] payload = new byte[head >>> 8];
    in.readFully(payload);
    int code = payload.length < 4 ? 0 : ByteBuffer.wrap(payload).getInt();
    return new Frame(head & 255, stream, code);
  }

  /** The next frame of that type. */
  Frame readUntil(int type) throws IOException {
    Frame frame = read();
    while (frame.type() != type) {
      frame = read();
    }
    return frame;
  }

  /** The next frame of that stream. */
  Frame readUntilStream(int stream) throws IOException {
    Frame frame = read();
    while (frame.stream() != stream) {
      frame = read();
    }
    return frame;
  }

  /** Reads until the server closes; how long that took. */
  Duration untilClosed() {
    long start = System.nanoTime();
    try {
      while (true) {
        read();
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the server keeps the connection", e);
    } catch (IOException closed) {
      return Duration.ofNanos(System.nanoTime() - start);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
