package io.sub30.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** A JVM of its own that owns a data folder and its servers, to be killed by the tests. */
final class OwnerProcess implements AutoCloseable {

  private final Process process;
  private final String[] words;

  private OwnerProcess(Process process, String[] words) {
    this.process = process;
    this.words = words;
  }

  /** Starts "postgres" or "redis" in the folder and returns when that is ready. */
  static OwnerProcess start(String server, Path folder) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-XX:TieredStopAtLevel=1",
                OwnerProcess.class.getName(),
                server,
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    String line = reader.readLine();
    if (line == null) {
      throw new IOException("the owner of " + folder + " ended");
    }
    return new OwnerProcess(process, line.split(" "));
  }

  long serverPid() {
    return Long.parseLong(words[0]);
  }

  int serverPort() {
    return Integer.parseInt(words[1]);
  }

  /** All processes below the owner: guards, servers, their workers. */
  ProcessHandle[] descendants() {
    return process.descendants().toArray(ProcessHandle[]::new);
  }

  /** SIGKILL: nothing of the JVM runs after it. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Runs until killed or until its standard input ends. */
  public static void main(String[] arguments) throws IOException {
    DataFolder folder = DataFolder.at(Path.of(arguments[1])).lock();
    String words =
        switch (arguments[0]) {
          case "postgres" -> {
            EmbeddedPostgres server = EmbeddedPostgres.start(folder, line -> {});
            yield server.pid() + " " + server.port();
          }
          case "redis" -> {
            EmbeddedRedis server = EmbeddedRedis.start(folder, line -> {});
            yield server.pid() + " " + server.port();
          }
          default -> throw new IllegalArgumentException(Arrays.toString(arguments));
        };
    System.out.println(words);
    System.in.read();
  }
}
