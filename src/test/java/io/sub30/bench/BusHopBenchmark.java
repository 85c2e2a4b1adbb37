package io.sub30.bench;

import io.sub30.budget.Deadline;
import io.sub30.budget.Ledger;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Plans;
import io.sub30.budget.Tier;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.bus.Hop;
import io.sub30.v1.Done;
import io.sub30.v1.PredictRequest;
import io.sub30.v1.Predictions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One hop of the bus, request and reply, between two handlers of one event loop: with the
 * interceptors that track the budget and without. The difference of the two is what tracking costs;
 * {@code -prof gc} adds the bytes a hop allocates.
 *
 * <p>To run, from the project's folder:
 *
 * <pre>
 * mvn -q test-compile dependency:build-classpath -Dmdep.outputFile=target/test.cp
 * java -cp target/test-classes:target/classes:$(cat target/test.cp) org.openjdk.jmh.Main BusHop -prof gc
 * </pre>
 *
 * <p>Every invocation chains {@link #HOPS} hops on the loop, so that the two crossings between
 * JMH's thread and the loop weigh little.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class BusHopBenchmark {

  static final int HOPS = 1_000;
  private static final int LANE = 0;
  private static final long BUDGET_NANOS = 30_000_000_000L;

  @Param({"false", "true"})
  boolean tracking;

  private Vertx vertx;
  private Bus bus;
  private Context loop;
  private final PredictRequest question =
      PredictRequest.newBuilder().setTerminal("terminal").build();

  @Setup(Level.Trial)
  public void deploy() throws Exception {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    bus = Bus.install(vertx, Plans.specified(), NanoClock.SYSTEM, tracking);
    loop = vertx.getOrCreateContext();
    CountDownLatch served = new CountDownLatch(1);
    Future<Predictions> answer = Future.succeededFuture(Predictions.getDefaultInstance());
    loop.runOnContext(
        run ->
            bus.serve(Address.PREDICT, LANE, request -> answer)
                .onSuccess(done -> served.countDown()));
    if (!served.await(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the service did not start");
    }
  }

  @TearDown(Level.Trial)
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Benchmark
  @OperationsPerInvocation(HOPS)
  public void hop() throws InterruptedException {
    CountDownLatch answered = new CountDownLatch(1);
    loop.runOnContext(run -> ask(HOPS, request(), answered));
    if (!answered.await(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("a hop failed");
    }
  }

  private void ask(int left, Envelope<Done> origin, CountDownLatch answered) {
    if (left == 0) {
      answered.countDown();
      return;
    }
    bus.request(Address.PREDICT, LANE, origin, question)
        .onSuccess(answer -> ask(left - 1, origin, answered));
  }

  private Envelope<Done> request() {
    NanoClock clock = bus.clock();
    long now = clock.nanoTime();
    return new Envelope<>(
        Hop.API_GATEWAY,
        "request",
        "tenant",
        Tier.ENTERPRISE,
        false,
        Deadline.at(now, BUDGET_NANOS, clock),
        Ledger.open(bus.plan(), now),
        Done.getDefaultInstance());
  }
}
