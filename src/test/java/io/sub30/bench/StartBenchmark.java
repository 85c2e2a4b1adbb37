package io.sub30.bench;

import io.sub30.budget.Tier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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
      say(found, "replay straight after: " + replay(server, "cold", ticks, seconds));
      say(found, "replay once it has run: " + replay(server, "warm", ticks, seconds));
    }
    say(found, "load average: " + Files.readString(Path.of("/proc/loadavg")).strip());
    Files.writeString(EVIDENCE.resolve("start.txt"), found);
    System.exit(0);
  }

  private static void say(StringBuilder found, String line) {
    System.out.println(line);
    found.append(line).append(System.lineSeparator());
  }

  private static String replay(JarServer server, String tenant, List<String> ticks, int seconds)
      throws Exception {
    return ReplayFigures.of(
            server.api, server.token(tenant, Tier.ENTERPRISE), tenant, seconds, ticks)
        .toString();
  }

  private static CompiledClient.Timed firstRequest(JarServer server, String tenant)
      throws Exception {
    try (CompiledClient client = CompiledClient.of(server, tenant)) {
      return client.submit();
    }
  }
}
