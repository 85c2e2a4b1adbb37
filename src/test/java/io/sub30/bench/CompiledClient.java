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
import java.net.URI;
import java.util.concurrent.TimeUnit;

/**
 * A terminal over HTTP/2 whose own code is loaded and compiled: what it measures is to be the
 * server, and terminals are no cold JVMs. Blocking; for one thread.
 */
final class CompiledClient implements AutoCloseable {

  private static final int REHEARSALS = 2_000;

  private final Vertx vertx = Vertx.vertx();
  private final Sub30Client client;
  private long sequence;

  private CompiledClient(URI api, String token) {
    client = new Sub30Client(vertx, ClientOptions.of(api, token));
  }

  /** An open connection for that enterprise tenant, which has not sent anything yet. */
  static CompiledClient of(JarServer server, String tenant) throws Exception {
    CompiledClient compiled = new CompiledClient(server.api, server.token(tenant, Tier.ENTERPRISE));
    for (int i = 0; i < 50; i++) {
      await(compiled.client.open());
    }
    return compiled;
  }

  /** Sends its next batch of 20 ticks and waits for the answer. */
  Timed submit() throws Exception {
    TickBatch batch = batch(++sequence);
    long startNanos = NanoClock.SYSTEM.nanoTime();
    Answer answer = await(client.submit(batch));
    return new Timed((NanoClock.SYSTEM.nanoTime() - startNanos) / 1_000, answer);
  }

  @Override
  public void close() {
    vertx.close();
  }

  /** What a request took. */
  record Timed(long clientMicros, Answer answer) {

    /** Microseconds in the server; those at the client when it was not acknowledged. */
    long serverMicros() {
      TickResult result = answer.result();
      return result == null ? clientMicros : result.getBudget().getSpentUs();
    }

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

  /**
   * Sends batches to a server that knows one answer, until the client's code is loaded and
   * compiled.
   */
  static void rehearse() throws Exception {
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
}
