package io.sub30.faults;

import io.sub30.node.OpenRates;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The fat jar as a process of its own, with the servers it starts for itself. */
final class ServerProcess implements AutoCloseable {

  private static final int STOP_SECONDS = 60;

  private final Process process;
  private final String readyLine;

  private ServerProcess(Process process, String readyLine) {
    this.process = process;
    this.readyLine = readyLine;
  }

  /** Ports of one server, the same before and after a restart. */
  record Ports(int api, int ops) {
    static Ports free() throws IOException {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      try (ServerSocket one = new ServerSocket(0, 1, loopback);
          ServerSocket other = new ServerSocket(0, 1, loopback)) {
        return new Ports(one.getLocalPort(), other.getLocalPort());
      }
    }

    URI apiUri() {
      return URI.create("http://127.0.0.1:" + api);
    }

    URI opsUri() {
      return URI.create("http://127.0.0.1:" + ops);
    }
  }

  /** Starts it and returns when it says that it is ready. */
  static ServerProcess start(Path data, Ports ports, Path log) throws IOException {
    return start(data, ports, log, Map.of());
  }

  /** As above, with settings as environment variables. */
  static ServerProcess start(Path data, Ports ports, Path log, Map<String, String> settings)
      throws IOException {
    String jar = System.getProperty("sub30.jar", "target/sub30.jar");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            jar,
            "run",
            "--data",
            data.toString());
    builder.environment().putAll(OpenRates.environment());
    builder
        .environment()
        .putAll(
            Map.of(
                "SUB30_HTTP_PORT", Integer.toString(ports.api),
                "SUB30_OPS_PORT", Integer.toString(ports.ops)));
    builder.environment().putAll(settings);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Process process = builder.start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("sub30 ready")) {
        return new ServerProcess(process, line);
      }
    }
    process.destroyForcibly();
    throw new IllegalStateException(
        "the server ended before it was ready: " + Files.readString(log));
  }

  String readyLine() {
    return readyLine;
  }

  /** {@code kill -9}. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Stops it in order; its exit code comes back. */
  int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the server does not stop");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Every process that was started with this folder on its command line or works in it. */
  static List<Long> under(Path data) {
    String root = data.toString();
    List<Long> pids = new ArrayList<>();
    long own = ProcessHandle.current().pid();
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      all.map(path -> path.getFileName().toString())
          .filter(name -> name.chars().allMatch(Character::isDigit))
          .map(Long::valueOf)
          .filter(pid -> pid != own && belongsTo(pid, root))
          .forEach(pids::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pids;
  }

  private static boolean belongsTo(long pid, String root) {
    Path entry = Path.of("/proc", Long.toString(pid));
    try {
      return Files.readString(entry.resolve("cmdline"), StandardCharsets.ISO_8859_1).contains(root)
          || Files.readSymbolicLink(entry.resolve("cwd")).toString().startsWith(root);
    } catch (IOException e) {
      return false; // it has ended meanwhile
    }
  }
}
