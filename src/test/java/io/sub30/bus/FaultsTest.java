package io.sub30.bus;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.sub30.budget.Deadline;
import io.sub30.budget.Ledger;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Plan;
import io.sub30.budget.Plans;
import io.sub30.budget.Tier;
import io.sub30.config.FaultSpec;
import io.sub30.config.FaultsConfig;
import io.sub30.v1.Done;
import io.sub30.v1.ForgetRequest;
import io.sub30.v1.PredictRequest;
import io.sub30.v1.Predictions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultsTest {

  private static final int ML = Hop.ML_PROCESSING.ordinal();
  private static final long DELAY_NANOS = 30_000_000;
  private static final FaultSpec DELAY = FaultSpec.parse("delay=30ms");

  private final Vertx vertx = Vertx.vertx();
  private final NanoClock clock = NanoClock.SYSTEM;
  private final Plan plan = Plans.specified();
  private final Faults faults = Faults.of(vertx, 1);
  private final AtomicInteger calls = new AtomicInteger();

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void points_areThoseOfTheConfiguration() {
    assertThat(FaultPoint.labels()).isEqualTo(FaultsConfig.POINTS);
    assertThat(FaultPoint.of("ml")).contains(FaultPoint.ML);
    assertThat(FaultPoint.of("ML")).isEmpty();
  }

  // ---- pass

  @Test
  void pass_nothingSet_isTheCallItself() {
    faults.set(FaultPoint.REDIS, DELAY);
    Future<String> answer = Future.succeededFuture("answer");

    assertThat(faults.pass(FaultPoint.POSTGRES, () -> answer)).isSameAs(answer);
    assertThat(Faults.off().pass(FaultPoint.REDIS, () -> answer)).isSameAs(answer);
  }

  @Test
  void pass_nothingSet_allocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Future<String> answer = Future.succeededFuture("answer");
    Supplier<Future<String>> call = () -> answer;
    long before = 0;
    for (int i = 0; i < 20_000; i++) {
      if (i == 10_000) {
        before = threads.getCurrentThreadAllocatedBytes();
      }
      faults.pass(FaultPoint.POSTGRES, call);
    }

    // Less than one object of the smallest kind in a hundred calls: the compiler's threads aside.
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16 * 100);
  }

  @Test
  void pass_delayed_callsLaterOnTheCallersLoop() throws Exception {
    faults.set(FaultPoint.POSTGRES, DELAY);
    Promise<Thread> asked = Promise.promise();
    Promise<Thread> called = Promise.promise();
    Promise<Thread> answered = Promise.promise();
    long began = clock.nanoTime();
    vertx
        .getOrCreateContext()
        .runOnContext(
            run -> {
              asked.complete(Thread.currentThread());
              faults
                  .pass(
                      FaultPoint.POSTGRES,
                      () -> {
                        called.complete(Thread.currentThread());
                        return Future.succeededFuture();
                      })
                  .map(done -> Thread.currentThread())
                  .onComplete(answered);
            });

    Thread loop = await(asked.future());
    assertThat(await(answered.future())).isSameAs(loop);
    assertThat(await(called.future())).isSameAs(loop);
    assertThat(clock.nanoTime() - began).isGreaterThanOrEqualTo(DELAY_NANOS);
  }

  @Test
  void pass_delayBelowAMillisecond_callsAtOnce() {
    Future<String> answer = Future.succeededFuture("answer");
    faults.set(FaultPoint.POSTGRES, FaultSpec.parse("delay=999us"));
    assertThat(faults.pass(FaultPoint.POSTGRES, () -> answer)).isSameAs(answer);

    faults.set(FaultPoint.POSTGRES, FaultSpec.parse("delay=1ms"));
    assertThat(faults.pass(FaultPoint.POSTGRES, () -> answer)).isNotSameAs(answer);
  }

  @ParameterizedTest
  @EnumSource
  void pass_failing_isNotCalledAndSaysWhere(FaultPoint point) {
    faults.set(point, FaultSpec.parse("fail=1"));
    Future<Integer> answer =
        faults.pass(point, () -> Future.succeededFuture(calls.incrementAndGet()));

    assertThat(answer.failed()).isTrue(); // at once: there is no delay
    HopFailure failure = (HopFailure) answer.cause();
    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(failure.hop()).isEqualTo(point.hop());
    assertThat(failure).hasMessage("fault injected at " + point.label());
    assertThat(calls).hasValue(0);
  }

  @Test
  void pass_delayedCallThatThrows_fails() {
    faults.set(FaultPoint.POSTGRES, FaultSpec.parse("delay=1ms"));
    Future<String> answer =
        faults.pass(
            FaultPoint.POSTGRES,
            () -> {
              throw new IllegalStateException("broken");
            });

    assertThatThrownBy(() -> await(answer)).hasRootCauseMessage("broken");
  }

  @Test
  void pass_failingAndDelayed_failsAfterTheDelay() {
    faults.set(FaultPoint.POSTGRES, FaultSpec.parse("delay=30ms,fail=1"));
    long began = clock.nanoTime();
    Future<String> answer =
        faults.pass(
            FaultPoint.POSTGRES, () -> Future.succeededFuture("" + calls.incrementAndGet()));

    assertThat(answer.isComplete()).isFalse();
    assertThatThrownBy(() -> await(answer)).hasCauseInstanceOf(HopFailure.class);
    assertThat(clock.nanoTime() - began).isGreaterThanOrEqualTo(DELAY_NANOS);
    assertThat(calls).hasValue(0);
  }

  // ---- the switch

  @Test
  void describe_asItIsSet_saysSo() {
    assertThat(faults.enabled()).isTrue();
    assertThat(faults.describe().keySet()).containsExactlyElementsOf(FaultsConfig.POINTS);
    assertThat(faults.describe().values()).containsOnly("");

    faults.set(FaultPoint.ML, FaultSpec.parse("fail=0.5, delay=50ms"));
    faults.set(FaultPoint.REDIS, DELAY);
    assertThat(faults.describe())
        .containsEntry("ml", "delay=50ms,fail=0.5")
        .containsEntry("redis", "delay=30ms")
        .containsEntry("postgres", "");

    faults.clear(FaultPoint.ML);
    assertThat(faults.describe()).containsEntry("ml", "").containsEntry("redis", "delay=30ms");
    faults.clear();
    assertThat(faults.describe().values()).containsOnly("");
  }

  @Test
  void set_aConfiguration_isAllThatIsSet() {
    faults.set(FaultPoint.REDIS, DELAY);
    faults.set(new FaultsConfig(true, Map.of("ml", DELAY)));

    assertThat(faults.describe()).containsEntry("ml", "delay=30ms").containsEntry("redis", "");
  }

  @Test
  void set_off_isRefused() {
    assertThat(Faults.off().enabled()).isFalse();
    assertThatThrownBy(() -> Faults.off().set(FaultPoint.ML, DELAY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no fault can be set at ml: faults.enabled must be true");
    assertThat(Faults.off().describe().values()).containsOnly("");
  }

  // ---- on the bus

  @Test
  void hop_delayed_isAskedAtOnceAndItsAnswerIsHeldBack() throws Exception {
    Bus bus = serving();
    faults.set(FaultPoint.ML, DELAY);
    Envelope<Done> origin = origin(false);
    Future<Predictions> answer = bus.request(Address.PREDICT, 3, origin, ask());
    await(bus.request(Address.ML_FORGET, 3, origin(false), forget()));

    // In order, as without the fault; else a settlement would come before its batch.
    assertThat(calls).hasValue(101);
    await(answer);
    assertThat(origin.ledger().serviceNanos(ML)).isGreaterThanOrEqualTo(DELAY_NANOS);
  }

  @Test
  void hop_failing_isNotAsked() throws Exception {
    Bus bus = serving();
    faults.set(FaultPoint.ML, FaultSpec.parse("fail=1"));

    HopFailure failure = failure(bus.request(Address.PREDICT, 3, origin(false), ask()));
    assertThat(failure.hop()).isEqualTo(Hop.ML_PROCESSING);
    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(failure).hasMessage("fault injected at ml");
    assertThat(calls).hasValue(0);

    faults.clear();
    await(bus.request(Address.PREDICT, 3, origin(false), ask()));
    assertThat(calls).hasValue(1);
  }

  @Test
  void hop_rehearsalOrOffThePath_isUntouched() throws Exception {
    Bus bus = serving();
    for (FaultPoint point : FaultPoint.values()) {
      faults.set(point, FaultSpec.parse("fail=1"));
    }

    await(bus.request(Address.PREDICT, 3, origin(true), ask()));
    await(bus.request(Address.ML_FORGET, 3, origin(false), forget()));
    assertThat(calls).hasValue(101);
  }

  @Test
  void around_whereNoFaultCanBe_isTheServiceItself() {
    Service<PredictRequest, Predictions> service =
        request -> Future.succeededFuture(Predictions.getDefaultInstance());
    Service<ForgetRequest, Done> forgetting =
        request -> Future.succeededFuture(Done.getDefaultInstance());

    assertThat(Faults.off().around(Address.PREDICT, service)).isSameAs(service);
    assertThat(faults.around(Address.ML_FORGET, forgetting)).isSameAs(forgetting);
    assertThat(faults.around(Address.PREDICT, service)).isNotSameAs(service);
  }

  /** The ml hop counts 1 for each prediction and 100 for each tenant it forgets. */
  private Bus serving() throws Exception {
    Bus bus = Bus.install(vertx, plan, clock, true, faults);
    assertThat(bus.faults()).isSameAs(faults);
    Promise<Void> served = Promise.promise();
    vertx
        .getOrCreateContext()
        .runOnContext(
            run ->
                Future.all(
                        bus.serve(
                            Address.PREDICT,
                            3,
                            request -> {
                              calls.incrementAndGet();
                              return Future.succeededFuture(Predictions.getDefaultInstance());
                            }),
                        bus.serve(
                            Address.ML_FORGET,
                            3,
                            request -> {
                              calls.addAndGet(100);
                              return Future.succeededFuture(Done.getDefaultInstance());
                            }))
                    .<Void>mapEmpty()
                    .onComplete(served));
    await(served.future());
    return bus;
  }

  private Envelope<Done> origin(boolean rehearsal) {
    return new Envelope<>(
        Hop.API_GATEWAY,
        "r1",
        "acme",
        Tier.FREE,
        rehearsal,
        Deadline.after(20_000_000_000L, clock),
        Ledger.open(plan, clock.nanoTime()),
        Done.getDefaultInstance());
  }

  private static PredictRequest ask() {
    return PredictRequest.getDefaultInstance();
  }

  private static ForgetRequest forget() {
    return ForgetRequest.getDefaultInstance();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static HopFailure failure(Future<?> future) throws Exception {
    try {
      throw new AssertionError("answered: " + await(future));
    } catch (ExecutionException e) {
      return (HopFailure) requireNonNull(e.getCause());
    }
  }
}
