package io.sub30.node;

import io.sub30.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * A Redis server in the data folder, for when none is configured: a cache of at most 64 MB that
 * keeps nothing over a restart, on 127.0.0.1 at a free port, with a new password at each start,
 * stopped with this JVM however that ends.
 *
 * <p>Blocking; for the main thread or a worker.
 */
final class EmbeddedRedis implements AutoCloseable {

  private static final int PASSWORD_BYTES = 32;
  private static final int POLL_MILLIS = 10;
  private static final int READY_MILLIS = 30_000;
  private static final int PROBE_MILLIS = 500;

  /**
   * Best first. The amd64 program needs OpenSSL 3 of the machine; the 32-bit one is linked
   * statically and runs where that is missing.
   */
  private static final List<String> AMD64 =
      List.of("redis-server-6.2.6-v5-linux-amd64", "redis-server-6.2.7-linux-386");

  private static final List<String> ARM64 = List.of("redis-server-6.2.7-linux-arm64");

  private final GuardedProcess server;
  private final int port;
  private final String password;

  private EmbeddedRedis(GuardedProcess server, int port, String password) {
    this.server = server;
    this.port = port;
    this.password = password;
  }

  /**
   * Starts the server and returns when it answers.
   *
   * @param folder locked by the caller
   * @param progress told in one line what takes long
   * @throws ConfigException if it cannot be started
   */
  static EmbeddedRedis start(DataFolder folder, Consumer<String> progress) {
    return start(folder, progress, FreePort::next);
  }

  /** As above, with the ports to try one after the other. */
  static EmbeddedRedis start(DataFolder folder, Consumer<String> progress, IntSupplier ports) {
    Path home = folder.redis();
    Commands.stopLeftovers(home);
    Path program = program(home, progress);
    Path configuration = home.resolve("redis.conf");
    Path log = folder.logs().resolve("redis.log");
    for (int attempt = 0; attempt < FreePort.ATTEMPTS; attempt++) {
      int port = ports.getAsInt();
      // New at each attempt: if another process took the port and heard it, it opens nothing.
      String password = randomPassword();
      DataFolder.writePrivately(configuration, settings(home, port, password));
      GuardedProcess server =
          GuardedProcess.start(
              List.of(), List.of(program.toString(), configuration.toString()), log);
      if (ready(server, port, password)) {
        return new EmbeddedRedis(server, port, password);
      }
      server.close();
    }
    throw new ConfigException(
        "the embedded Redis does not start: " + Commands.lastLine(log) + " (see " + log + ")");
  }

  private static String randomPassword() {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** In a file only its owner can read: a command line is seen by every user of the machine. */
  private static String settings(Path home, int port, String password) {
    return """
    bind 127.0.0.1
    port %d
    protected-mode yes
    requirepass %s
    maxmemory 64mb
    maxmemory-policy allkeys-lru
    save ""
    appendonly no
    daemonize no
    loglevel warning
    dir "%s"
    """
        .formatted(port, password, home.toString().replace("\\", "\\\\").replace("\"", "\\\""));
  }

  private static Path program(Path home, Consumer<String> progress) {
    String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    List<String> candidates =
        switch (name) {
          case "amd64", "x86_64" -> AMD64;
          case "aarch64" -> ARM64;
          default -> List.of();
        };
    for (String candidate : candidates) {
      Path program = home.resolve(candidate);
      try {
        if (!Files.exists(program)) {
          progress.accept("unpacking Redis ...");
          unpack(candidate, program);
        }
        if (runs(program)) {
          return program;
        }
      } catch (IOException e) {
        throw new ConfigException("cannot unpack Redis into " + home + ": " + e, e);
      }
    }
    throw new ConfigException(
        "no Redis that runs on this machine (" + name + ") is carried; set redis.uri");
  }

  private static void unpack(String resource, Path program) throws IOException {
    Path fresh = program.resolveSibling("unpacking");
    try (InputStream in = EmbeddedRedis.class.getResourceAsStream("/" + resource)) {
      if (in == null) {
        throw new ConfigException("this build carries no " + resource + "; set redis.uri");
      }
      Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwx------"));
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(fresh, program, StandardCopyOption.ATOMIC_MOVE);
  }

  private static boolean runs(Path program) {
    try {
      Process trial =
          new ProcessBuilder(program.toString(), "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return trial.waitFor(READY_MILLIS, TimeUnit.MILLISECONDS) && trial.exitValue() == 0;
    } catch (IOException e) {
      return false; // the kernel or the loader does not know this kind of program
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static boolean ready(GuardedProcess server, int port, String password) {
    try {
      for (int waited = 0; waited < READY_MILLIS; waited += POLL_MILLIS) {
        if (server.endsWithin(POLL_MILLIS)) {
          return false;
        }
        if (answers(port, password)) {
          return true;
        }
      }
      return false;
    } catch (InterruptedException e) {
      server.close();
      Thread.currentThread().interrupt();
      throw new ConfigException("interrupted while the embedded Redis was starting", e);
    }
  }

  private static boolean answers(int port, String password) {
    byte[] expected = "+OK\r\n+PONG\r\n".getBytes(StandardCharsets.US_ASCII);
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), PROBE_MILLIS);
      socket.setSoTimeout(PROBE_MILLIS);
      String request = "AUTH " + password + "\r\nPING\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(expected.length);
      return java.util.Arrays.equals(answer, expected);
    } catch (IOException e) {
      return false; // not listening yet
    }
  }

  /** With the password; not for logs. */
  URI uri() {
    return URI.create("redis://:" + password + "@127.0.0.1:" + port);
  }

  int port() {
    return port;
  }

  /** The server's process id. */
  long pid() {
    return server.pid();
  }

  boolean alive() {
    return server.alive();
  }

  /** Stops the server and returns when it is gone; does nothing the second time. */
  @Override
  public void close() {
    server.close();
  }
}
