package io.sub30.bench;

import io.sub30.budget.EpochClock;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.bus.Hop;
import io.sub30.client.Answer;
import io.sub30.client.ClientOptions;
import io.sub30.client.Sub30Client;
import io.sub30.v1.Budget;
import io.sub30.v1.Degraded;
import io.sub30.v1.HopSpend;
import io.sub30.v1.Prediction;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
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
  private static final int REHEARSALS = 2_000;

  private StartBenchmark() {}

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 60;
    List<String> ticks =
        args.length > 1 ? List.of("--format", "lean", "--file", args[1]) : List.of();
    Files.createDirectories(EVIDENCE);
    rehearse();
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

  /** What a first request took. */
  private record FirstRequest(long clientMicros, Answer answer) {

    @Override
    public String toString() {
      TickResult result = answer.result();
      if (result == null || !answer.acknowledged()) {
        return clientMicros + " us, not acknowledged: " + answer.summary();
      }
      StringBuilder text = new StringBuilder();
      text.append(clientMicros).append(" us at the client, ");
      text.append(result.getBudget().getSpentUs()).append(" us in the server:");
      for (HopSpend hop : result.getBudget().getHopsList()) {
        text.append(' ')
            .append(hop.getHop())
            .append(' ')
            .append(hop.getWaitUs() + hop.getServiceUs());
      }
      return text.toString();
    }
  }

  /** At a client whose own code is loaded and compiled: see {@link #rehearse}. */
  private static FirstRequest firstRequest(JarServer server, String tenant) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Sub30Client client =
          new Sub30Client(
              vertx, ClientOptions.of(server.api, server.token(tenant, Tier.ENTERPRISE)));
      for (int i = 0; i < 50; i++) {
        await(client.open());
      }
      TickBatch batch = batch(1);
      long startNanos = NanoClock.SYSTEM.nanoTime();
      Answer answer = await(client.submit(batch));
      return new FirstRequest((NanoClock.SYSTEM.nanoTime() - startNanos) / 1_000, answer);
    } finally {
      vertx.close();
    }
  }

  /**
   * Sends batches to a server that knows one answer, until the client's code is loaded and
   * compiled: what is measured later is to be the server, and terminals are no cold JVMs.
   */
  private static void rehearse() throws Exception {
    Vertx vertx = Vertx.vertx();
    Buffer answer = Buffer.buffer(answer().toByteArray());
    try {
      HttpServer server =
          await(
              vertx
                  .createHttpServer()
                  .requestHandler(
                      request ->
                          request
                              .body()
                              .onSuccess(
                                  body ->
                                      request
                                          .response()
                                          .putHeader("content-type", "application/x-protobuf")
                                          .end(answer)))
                  .listen(0, "127.0.0.1"));
      URI api = URI.create("http://127.0.0.1:" + server.actualPort());
      Sub30Client client = new Sub30Client(vertx, ClientOptions.of(api, "none"));
      await(client.open());
      for (int i = 1; i <= REHEARSALS; i++) {
        Answer said = await(client.submit(batch(i)));
        if (!said.acknowledged()) {
          throw new IllegalStateException("the rehearsal was answered " + said.summary());
        }
      }
    } finally {
      await(vertx.close());
    }
  }

  /** With all that a real one has, so that nothing of reading it is done for the first time. */
  private static TickResult answer() {
    Budget.Builder budget = Budget.newBuilder().setTotalUs(30_000).setSpentUs(2_000);
    for (Hop hop : Hop.values()) {
      budget.addHops(
          HopSpend.newBuilder()
              .setHop(hop.line())
              .setBudgetUs(2_000)
              .setWaitUs(1)
              .setServiceUs(1)
              .setOutcome("ok"));
    }
    return TickResult.newBuilder()
        .setRequestId("rehearsal")
        .setTenant("rehearsal")
        .setTier(Tier.ENTERPRISE.label())
        .setDurable(true)
        .setAccepted(20)
        .addPredictions(Prediction.newBuilder().setSymbol("EURUSD"))
        .addSignals(Signal.newBuilder().setId("rehearsal").setSide(Side.HOLD))
        .addDegraded(Degraded.newBuilder().setHop("ml").setReason("rehearsal"))
        .setBudget(budget)
        .build();
  }

  private static <T> T await(Future<T> step) throws Exception {
    return step.toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
  }

  private static TickBatch batch(long sequence) {
    TickBatch.Builder batch = TickBatch.newBuilder().setTerminal("first").setSequence(sequence);
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
    return batch.build();
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
