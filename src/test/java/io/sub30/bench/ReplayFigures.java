package io.sub30.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What the command {@code replay} found at 200 batches a second, in a process of its own: its
 * compilers give way to the server as a user's do. Latencies count from when a batch was due.
 *
 * @param json as the command wrote it
 */
record ReplayFigures(JsonObject json) {

  private static final int RATE = 200;

  /**
   * Blocks until the replay has ended.
   *
   * @param name the figures are kept as {@code target/evidence/replay-<name>.json}
   * @param more arguments of the command
   */
  static ReplayFigures of(URI target, String token, String name, int seconds, List<String> more)
      throws IOException, InterruptedException {
    Path figures =
        Files.createDirectories(Path.of("target", "evidence")).resolve("replay-" + name + ".json");
    Files.deleteIfExists(figures);
    List<String> command = new ArrayList<>(JarServer.command("replay"));
    command.addAll(List.of("--target", target.toString(), "--token-file", "-"));
    command.addAll(List.of("--rate", Integer.toString(RATE)));
    command.addAll(List.of("--seconds", Integer.toString(seconds), "--loop"));
    command.addAll(List.of("--json", figures.toString()));
    command.addAll(more);
    Process replay =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (Writer in = replay.outputWriter()) {
      in.write(token);
    }
    if (!replay.waitFor(seconds + 120L, TimeUnit.SECONDS)) {
      replay.destroyForcibly();
      throw new IOException("the replay did not end");
    }
    return new ReplayFigures(new JsonObject(Files.readString(figures)));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d batches/s for %.0f s: ok %d of %d, p50 %.3f ms, p95 %.3f ms, p99 %.3f ms, retried %d",
        RATE,
        json.getLong("sent") / (double) RATE,
        json.getLong("ok"),
        json.getLong("sent"),
        json.getLong("p50_us") / 1e3,
        json.getLong("p95_us") / 1e3,
        json.getLong("p99_us") / 1e3,
        json.getLong("retried"));
  }
}
