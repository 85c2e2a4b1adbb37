package io.sub30.bench;

import io.sub30.budget.EpochClock;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.client.Answer;
import io.sub30.client.ClientOptions;
import io.sub30.client.Sub30Client;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.vertx.core.Vertx;
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
 * real request is answered, and the latencies of a minute's replay straight after. Everything over
 * loopback, with the generator on the same cores.
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.StartBenchmark [SECONDS [FILE]]
 * </pre>
 *
 * FILE is a lean zip of quotes; without it the carried trades are replayed. Writes {@code
 * target/evidence/start.txt} and {@code replay.json}.
 */
public final class StartBenchmark {

  private static final Path EVIDENCE = Path.of("target/evidence");

  private StartBenchmark() {}

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 60;
    List<String> ticks =
        args.length > 1 ? List.of("--format", "lean", "--file", args[1]) : List.of();
    Files.createDirectories(EVIDENCE);
    Path data = Files.createTempDirectory("sub30-start");
    StringBuilder found = new StringBuilder();
    try (JarServer server = JarServer.start(data, Map.of())) {
      say(found, "first start: " + server.readyMillis + " ms   (" + server.readyLine + ")");
      say(found, "first request after it: " + firstRequestMicros(server, "one") + " us");
    }
    try (JarServer server = JarServer.start(data, Map.of())) {
      say(found, "next start: " + server.readyMillis + " ms   (" + server.readyLine + ")");
      say(found, "first request after it: " + firstRequestMicros(server, "two") + " us");
      JsonObject figures = replay(server, ticks, seconds);
      say(
          found,
          String.format(
              Locale.ROOT,
              "replay at 200 batches/s for %d s: ok %d of %d, p50 %.3f ms, p95 %.3f ms, p99 %.3f"
                  + " ms, retried %d",
              seconds,
              figures.getLong("ok"),
              figures.getLong("sent"),
              figures.getLong("p50_us") / 1e3,
              figures.getLong("p95_us") / 1e3,
              figures.getLong("p99_us") / 1e3,
              figures.getLong("retried")));
    }
    say(found, "load average: " + Files.readString(Path.of("/proc/loadavg")).strip());
    Files.writeString(EVIDENCE.resolve("start.txt"), found);
    System.exit(0);
  }

  private static void say(StringBuilder found, String line) {
    System.out.println(line);
    found.append(line).append(System.lineSeparator());
  }

  /**
   * The client is opened before, so that what is measured is the server and not this program's
   * class loading.
   */
  private static long firstRequestMicros(JarServer server, String tenant) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Sub30Client client =
          new Sub30Client(
              vertx, ClientOptions.of(server.api, server.token(tenant, Tier.ENTERPRISE)));
      for (int i = 0; i < 50; i++) {
        client.open().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
      }
      TickBatch.Builder batch = TickBatch.newBuilder().setTerminal("first").setSequence(1);
      long now = EpochClock.SYSTEM.epochMillis();
      for (int i = 0; i < 20; i++) {
        batch.addTicks(
            Tick.newBuilder()
                .setSymbol("EURUSD")
                .setTimeMsc(now + i)
                .setBid(1.1 + i * 1e-5)
                .setAsk(1.1001 + i * 1e-5)
                .setFlags(6));
      }
      long startNanos = NanoClock.SYSTEM.nanoTime();
      Answer answer =
          client
              .submit(batch.build())
              .toCompletionStage()
              .toCompletableFuture()
              .get(5, TimeUnit.SECONDS);
      long micros = (NanoClock.SYSTEM.nanoTime() - startNanos) / 1_000;
      if (!answer.acknowledged()) {
        System.out.println("the first request was not acknowledged: " + answer.summary());
      }
      return micros;
    } finally {
      vertx.close();
    }
  }

  /**
   * The replay is the command, in a process of its own: its compilers give way to the server as a
   * user's do.
   */
  private static JsonObject replay(JarServer server, List<String> ticks, int seconds)
      throws Exception {
    Path figures = EVIDENCE.resolve("replay.json");
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
      token.write(server.token("replay", Tier.ENTERPRISE));
    }
    if (!replay.waitFor(seconds + 120L, TimeUnit.SECONDS)) {
      replay.destroyForcibly();
      throw new IOException("the replay did not end");
    }
    return new JsonObject(Files.readString(figures));
  }
}
