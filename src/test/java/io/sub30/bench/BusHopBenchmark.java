package io.sub30.bench;

import io.sub30.budget.Deadline;
import io.sub30.budget.LaneBudget;
import io.sub30.budget.Ledger;
import io.sub30.budget.ModeSwitch;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Plans;
import io.sub30.budget.RequestClass;
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
 * One hop of the bus, request and reply, between two handlers of one event loop: without a budget,
 * with the interceptors that track it, and enforced besides. The differences are what that costs;
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
  private static final int CLASS = RequestClass.of(Tier.FREE, 20, true);

  /** Nothing; stamps; stamps, an allowance from live estimates, and what it took noted in them. */
  @Param({"off", "tracked", "enforced"})
  String budget;

  private Vertx vertx;
  private Bus bus;
  private Context loop;
  private LaneBudget lane;
  private boolean enforced;
  private final PredictRequest question =
      PredictRequest.newBuilder().setTerminal("terminal").build();

  @Setup(Level.Trial)
  public void deploy() throws Exception {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    bus = Bus.install(vertx, Plans.specified(), NanoClock.SYSTEM, !budget.equals("off"));
    lane =
        new LaneBudget(
            bus.plan(),
            Hop.path(),
            new ModeSwitch(io.sub30.budget.Mode.ENFORCE),
            bus.clock(),
            violation -> {});
    enforced = budget.equals("enforced");
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
    if (enforced) {
      askAllowed(left, origin, answered);
      return;
    }
    bus.request(Address.PREDICT, LANE, origin, question)
        .onSuccess(answer -> ask(left - 1, origin, answered));
  }

  private void askAllowed(int left, Envelope<Done> origin, CountDownLatch answered) {
    int line = Hop.ML_PROCESSING.ordinal();
    long askedNanos = bus.clock().nanoTime();
    long remainingNanos = origin.deadline().remainingNanos(askedNanos);
    long allowedNanos =
        lane.allowances()
            .nanos(CLASS, line, origin.ledger().startNanos(), remainingNanos, askedNanos);
    bus.request(Address.PREDICT, LANE, origin, question, allowedNanos)
        .onSuccess(
            answer -> {
              long now = bus.clock().nanoTime();
              lane.allowances().answered(CLASS, line, now - askedNanos, now);
              ask(left - 1, origin, answered);
            });
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
