package io.sub30.bench;

import io.sub30.budget.Tier;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long the fat jar takes until it is ready, the first time and the next one, how fast its first
 * real request is answered, and the latencies of a minute's replay straight after and of another
 * one after that. Everything over loopback, with the generator on the same cores.
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.StartBenchmark [SECONDS [FILE]]
 * </pre>
 *
 * FILE is a lean zip of quotes; without it the carried trades are replayed. Writes {@code
 * target/evidence/start.txt} and {@code replay-cold.json} and {@code replay-warm.json}.
 */
public final class StartBenchmark {

  private static final Path EVIDENCE = Path.of("target/evidence");

  private StartBenchmark() {}

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 60;
    List<String> ticks =
        args.length > 1 ? List.of("--format", "lean", "--file", args[1]) : List.of();
    Files.createDirectories(EVIDENCE);
    CompiledClient.rehearse();
    Path data = Files.createTempDirectory("sub30-start");
    StringBuilder found = new StringBuilder();
    try (JarServer server = JarServer.start(data, Map.of())) {
      say(found, "first start: " + server.readyMillis + " ms   (" + server.readyLine + ")");
      say(found, "first request after it: " + firstRequest(server, "one"));
    }
    try (JarServer server = JarServer.start(data, Map.of())) {
      say(found, "next start: " + server.readyMillis + " ms   (" + server.readyLine + ")");
      say(found, "first request after it: " + firstRequest(server, "two"));
      say(found, "replay straight after: " + summary(replay(server, "cold", ticks, seconds)));
      say(found, "replay once it has run: " + summary(replay(server, "warm", ticks, seconds)));
    }
    say(found, "load average: " + Files.readString(Path.of("/proc/loadavg")).strip());
    Files.writeString(EVIDENCE.resolve("start.txt"), found);
    System.exit(0);
  }

  private static void say(StringBuilder found, String line) {
    System.out.println(line);
    found.append(line).append(System.lineSeparator());
  }

  private static CompiledClient.Timed firstRequest(JarServer server, String tenant)
      throws Exception {
    try (CompiledClient client = CompiledClient.of(server, tenant)) {
      return client.submit();
    }
  }

  private static String summary(JsonObject figures) {
    return String.format(
        Locale.ROOT,
        "200 batches/s for %.0f s: ok %d of %d, p50 %.3f ms, p95 %.3f ms, p99 %.3f ms, retried %d",
        figures.getLong("sent") / 200.0,
        figures.getLong("ok"),
        figures.getLong("sent"),
        figures.getLong("p50_us") / 1e3,
        figures.getLong("p95_us") / 1e3,
        figures.getLong("p99_us") / 1e3,
        figures.getLong("retried"));
  }

  /**
   * The replay is the command, in a process of its own: its compilers give way to the server as a
   * user's do.
   */
  private static JsonObject replay(JarServer server, String tenant, List<String> ticks, int seconds)
      throws Exception {
    Path figures = EVIDENCE.resolve("replay-" + tenant + ".json");
    Files.deleteIfExists(figures);
    List<String> command = new ArrayList<>(JarServer.command("replay"));
    command.addAll(List.of("--target", server.api.toString(), "--token-file", "-"));
    command.addAll(List.of("--rate", "200", "--seconds", Integer.toString(seconds), "--loop"));
    command.addAll(List.of("--json", figures.toString()));
    command.addAll(ticks);
    Process replay =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (Writer token = replay.outputWriter()) {
      token.write(server.token(tenant, Tier.ENTERPRISE));
    }
    if (!replay.waitFor(seconds + 120L, TimeUnit.SECONDS)) {
      replay.destroyForcibly();
      throw new IOException("the replay did not end");
    }
    return new JsonObject(Files.readString(figures));
  }
}
