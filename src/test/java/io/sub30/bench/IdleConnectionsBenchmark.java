package io.sub30.bench;

import io.sub30.budget.NanoClock;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the fat jar needs for many idle HTTP/2 connections, each of which has had one answer, and
 * how quickly another client is answered while they are there.
 *
 * <pre>
 * mvn -q -DskipTests package
 * ulimit -n 20000
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.IdleConnectionsBenchmark [CONNECTIONS]
 * </pre>
 *
 * Both processes need a file descriptor a connection and some hundreds more. Writes {@code
 * target/evidence/idle-connections.txt}; ends with 1 when the resident memory grew by more than 500
 * MB.
 */
public final class IdleConnectionsBenchmark {

  private static final int MAX_MEGABYTES = 500;
  private static final Path EVIDENCE = Path.of("target/evidence");
  private static final Pattern USED = Pattern.compile("used (\\d+)K");
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
  private static final byte[] SETTINGS_ACKNOWLEDGED = {0, 0, 0, 4, 1, 0, 0, 0, 0};

  /** GET / of HTTP on stream 1, from HPACK's static table, and an authority. */
  private static final byte[] GET = {
    0, 0, 6, 1, 5, 0, 0, 0, 1, (byte) 0x82, (byte) 0x86, (byte) 0x84, 0x01, 1, 'a'
  };

  /** Of the connection, by as many bytes as are set. */
  private static final byte[] WINDOW_UPDATE = {0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0};

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int GO_AWAY = 7;
  private static final int END_STREAM = 1;

  private IdleConnectionsBenchmark() {}

  public static void main(String[] args) throws Exception {
    int connections = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    Path data = Files.createTempDirectory("sub30-idle");
    StringBuilder found = new StringBuilder();
    List<Connection> open = new ArrayList<>(connections);
    boolean good;
    try (JarServer server = JarServer.start(data, Map.of("SUB30_HTTP_IDLE_TIMEOUT", "30m"))) {
      latencies(server.api, 2_000);
      Memory before = memory(server.pid());
      say(found, "before: " + before);
      say(found, "other client, before: " + latencies(server.api, 1_000));
      long startNanos = NanoClock.SYSTEM.nanoTime();
      for (int i = 0; i < connections; i++) {
        open.add(connect(server.api));
      }
      long millis = (NanoClock.SYSTEM.nanoTime() - startNanos) / 1_000_000;
      say(found, connections + " connections opened in " + millis + " ms");
      TimeUnit.SECONDS.sleep(12); // past http.header_timeout
      say(found, "with them: " + memory(server.pid()));
      say(found, "other client, with them: " + latencies(server.api, 1_000));
      Memory after = memory(server.pid());
      long alive = open.stream().filter(IdleConnectionsBenchmark::isOpen).count();
      say(found, "still open: " + alive + "; " + after);
      long grown = after.residentKilobytes() - before.residentKilobytes();
      say(
          found,
          String.format(
              Locale.ROOT,
              "grown by %.0f MB resident, %.0f MB of live heap; %.1f kB resident a connection",
              grown / 1024.0,
              (after.heapKilobytes() - before.heapKilobytes()) / 1024.0,
              (double) grown / connections));
      good = alive == connections && grown <= MAX_MEGABYTES * 1024L;
    } finally {
      for (Connection connection : open) {
        connection.close();
      }
    }
    Files.createDirectories(EVIDENCE);
    Files.writeString(EVIDENCE.resolve("idle-connections.txt"), found);
    System.exit(good ? 0 : 1);
  }

  private static void say(StringBuilder found, String line) {
    System.out.println(line);
    found.append(line).append(System.lineSeparator());
  }

  /** One connection to the server, whose streams are used one after the other. Blocking. */
  private static final class Connection implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private int nextStream = 1;

    /** Bytes of bodies that the server has not been told are read. */
    private int readBytes;

    Connection(URI api) throws IOException {
      socket = new Socket(api.getHost(), api.getPort());
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(10_000);
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 512));
      out = socket.getOutputStream();
      out.write(PREFACE);
      out.write(SETTINGS);
      out.write(SETTINGS_ACKNOWLEDGED);
    }

    /** Asks on the next stream and reads until its answer has ended. */
    void ask() throws IOException {
      int stream = nextStream;
      nextStream += 2;
      out.write(ByteBuffer.wrap(GET.clone()).putInt(5, stream).array());
      boolean ended = false;
      while (!ended) {
        int head = in.readInt();
        int flags = in.readByte();
        int of = in.readInt();
        int length = head >>> 8;
        int type = head & 255;
        in.skipNBytes(length);
        if (type == GO_AWAY || type == RST_STREAM) {
          throw new IOException("the server sent a frame of type " + type);
        }
        if (type == DATA) {
          read(length);
        }
        ended = of == stream && type <= HEADERS && (flags & END_STREAM) != 0;
      }
    }

    /** Gives the connection's window back before it is used up: 65,535 bytes at first. */
    private void read(int length) throws IOException {
      readBytes += length;
      if (readBytes >= 16_384) {
        out.write(ByteBuffer.wrap(WINDOW_UPDATE.clone()).putInt(9, readBytes).array());
        readBytes = 0;
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** A connection that has been used once. */
  private static Connection connect(URI api) throws IOException {
    Connection connection = new Connection(api);
    connection.ask();
    return connection;
  }

  /** From asking to the answer's end, of one connection and stream. */
  private static String latencies(URI api, int requests) throws IOException {
    long[] nanos = new long[requests];
    try (Connection connection = connect(api)) {
      for (int i = 0; i < requests; i++) {
        long startNanos = NanoClock.SYSTEM.nanoTime();
        connection.ask();
        nanos[i] = NanoClock.SYSTEM.nanoTime() - startNanos;
      }
    }
    Arrays.sort(nanos);
    return String.format(
        Locale.ROOT,
        "p50 %d us, p99 %d us",
        nanos[requests / 2] / 1_000,
        nanos[requests * 99 / 100] / 1_000);
  }

  private static boolean isOpen(Connection connection) {
    try {
      connection.ask();
      return true;
    } catch (IOException closed) {
      return false;
    }
  }

  /** What is resident, and what of the heap is alive after a collection. */
  private record Memory(long residentKilobytes, long heapKilobytes) {
    @Override
    public String toString() {
      return residentKilobytes / 1024
          + " MB resident, "
          + heapKilobytes / 1024
          + " MB of live heap";
    }
  }

  private static Memory memory(long pid) throws IOException {
    jcmd(pid, "GC.run");
    Matcher used = USED.matcher(jcmd(pid, "GC.heap_info"));
    if (!used.find()) {
      throw new IOException("jcmd tells no heap");
    }
    String status = Files.readString(Path.of("/proc/" + pid + "/status"));
    Matcher resident = Pattern.compile("VmRSS:\\s+(\\d+) kB").matcher(status);
    if (!resident.find()) {
      throw new IOException("no VmRSS of process " + pid);
    }
    return new Memory(Long.parseLong(resident.group(1)), Long.parseLong(used.group(1)));
  }

  private static String jcmd(long pid, String command) throws IOException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process = new ProcessBuilder(jcmd, Long.toString(pid), command).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
