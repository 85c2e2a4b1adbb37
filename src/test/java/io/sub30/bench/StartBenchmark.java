package io.sub30.bench;

import io.sub30.budget.EpochClock;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.client.Answer;
import io.sub30.client.ClientOptions;
import io.sub30.client.Pace;
import io.sub30.client.Replay;
import io.sub30.client.ReplayListener;
import io.sub30.client.ReplayOutcome;
import io.sub30.client.ReplayPlan;
import io.sub30.client.Sub30Client;
import io.sub30.client.TickFiles;
import io.sub30.client.TickSupply;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    TickSupply ticks =
        args.length > 1 ? TickFiles.of("lean", List.of(Path.of(args[1]))) : TickFiles.sample();
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
      ReplayOutcome outcome = replay(server, ticks, seconds);
      Files.writeString(EVIDENCE.resolve("replay.json"), outcome.report().toJson());
      say(
          found,
          String.format(
              Locale.ROOT,
              "replay at 200 batches/s for %d s: ok %d of %d, p50 %.3f ms, p95 %.3f ms, p99 %.3f"
                  + " ms, retried %d",
              seconds,
              outcome.report().ok(),
              outcome.report().sent(),
              outcome.report().latency().p50() / 1e3,
              outcome.report().latency().p95() / 1e3,
              outcome.report().latency().p99() / 1e3,
              outcome.report().retried()));
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

  private static ReplayOutcome replay(JarServer server, TickSupply ticks, int seconds)
      throws Exception {
    ReplayPlan plan =
        ReplayPlan.of(server.api, List.of(server.token("replay", Tier.ENTERPRISE)), ticks)
            .withPace(new Pace.Rate(200))
            .withLoop(true)
            .withLength(Duration.ofSeconds(seconds));
    return new Replay(plan, ReplayListener.NONE)
        .run()
        .toCompletionStage()
        .toCompletableFuture()
        .get(seconds + 120L, TimeUnit.SECONDS);
  }
}
