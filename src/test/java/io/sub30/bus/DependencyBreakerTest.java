package io.sub30.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.sub30.budget.BreakerLimits;
import io.sub30.budget.BreakerState;
import io.sub30.budget.BreakerStatus;
import io.sub30.budget.FakeNanoClock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Durations come from a fake clock; only the reset time, of 20 ms, is real. */
class DependencyBreakerTest {

  private static final int MIN_CALLS = 4;
  private static final long SLOW = 10_000_000;
  private static final BreakerLimits LIMITS =
      new BreakerLimits(10_000_000_000L, MIN_CALLS, 50, 80, SLOW, 20, 3);
  private static final Dependency STORE = Dependency.of("store", Hop.DATABASE_SERVICE);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final FakeNanoClock clock = new FakeNanoClock(0);
  private final Vertx vertx = Vertx.vertx();
  private final Context lane = vertx.getOrCreateContext();
  private final AtomicInteger probes = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();
  private final List<String> threads = Collections.synchronizedList(new ArrayList<>());

  /** What a probe answers; on the lane. */
  private volatile Supplier<Future<?>> answer = () -> Future.failedFuture("still away");

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private DependencyBreaker breaker(Dependency dependency) throws Exception {
    return onLane(
        () ->
            new DependencyBreaker(
                vertx,
                clock,
                dependency,
                LIMITS,
                () -> {
                  probes.incrementAndGet();
                  threads.add(Thread.currentThread().getName());
                  return answer.get();
                }));
  }

  @Test
  void call_closed_passesOutcomesOn() throws Exception {
    DependencyBreaker breaker = breaker(STORE);
    assertThat(call(breaker, () -> Future.succeededFuture("value")).result()).isEqualTo("value");
    assertThat(call(breaker, () -> Future.failedFuture("broken")).cause()).hasMessage("broken");
    Future<String> thrown =
        call(
            breaker,
            () -> {
              throw new IllegalStateException("thrown");
            });
    assertThat(thrown.cause()).hasMessage("thrown");

    BreakerStatus status = onLane(breaker::status);
    assertThat(status.state()).isEqualTo(BreakerState.CLOSED);
    assertThat(status.calls()).isEqualTo(3);
    assertThat(status.failures()).isEqualTo(2);
    assertThat(status.opened()).isZero();
  }

  @Test
  void call_halfOfThemFailed_opensAndRefusesWithoutAsking() throws Exception {
    DependencyBreaker breaker = breaker(STORE);
    succeed(breaker, 2);
    fail(breaker, 1);
    assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    fail(breaker, 1);
    assertThat(breaker.state()).isNotEqualTo(BreakerState.CLOSED);

    int before = asked.get();
    HopFailure refusal = (HopFailure) call(breaker, this::good).cause();
    assertThat(refusal.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(refusal.hop()).isEqualTo(Hop.DATABASE_SERVICE);
    assertThat(refusal)
        .hasMessage(
            "store is not asked for now: 50 % of its calls failed, 0 % were slow; nothing was sent"
                + " to it");
    assertThat(refusal.getStackTrace()).isEmpty();
    assertThat(asked).hasValue(before);
    BreakerStatus status = onLane(breaker::status);
    assertThat(status.opened()).isEqualTo(1);
    assertThat(status.refused()).isEqualTo(1);
    assertThat(status.failureRate()).isEqualTo(0.5);
  }

  @Test
  void call_mostOfThemSlow_opensWithoutAFailure() throws Exception {
    DependencyBreaker breaker = breaker(STORE);
    succeed(breaker, 1);
    takeSlowly(breaker, 3);
    assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    takeSlowly(breaker, 1);
    assertThat(breaker.state()).isNotEqualTo(BreakerState.CLOSED);
    BreakerStatus status = onLane(breaker::status);
    assertThat(status.failures()).isZero();
    assertThat(status.slow()).isEqualTo(4);
    assertThat(status.slowRate()).isEqualTo(0.8);
  }

  @Test
  void probe_whileBad_refusesEveryCallHowLongItMayTake() throws Exception {
    DependencyBreaker breaker = breaker(STORE);
    fail(breaker, MIN_CALLS);
    int before = asked.get();
    AtomicInteger refused = new AtomicInteger();
    // Half open comes and goes some ten times meanwhile; not one call is let through.
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              assertThat(call(breaker, this::good).cause()).isInstanceOf(HopFailure.class);
              refused.incrementAndGet();
              return probes.get() >= 10;
            });
    assertThat(asked).hasValue(before);
    assertThat(onLane(breaker::status).refused()).isEqualTo(refused.get());
    assertThat(onLane(breaker::status).opened()).isEqualTo(1);
    assertThat(onLane(breaker::status).lastCause()).isEqualTo("a probe failed: still away");
    assertThat(Collections.singleton(onLane(() -> Thread.currentThread().getName())))
        .containsAll(threads);
  }

  @Test
  void probe_goodAndQuickInARow_closesAndStartsAfresh() throws Exception {
    DependencyBreaker breaker = breaker(STORE);
    fail(breaker, MIN_CALLS);
    answer = Future::succeededFuture;
    await().atMost(PATIENCE).until(() -> breaker.state() == BreakerState.CLOSED);
    assertThat(probes).hasValue(LIMITS.probes());

    assertThat(call(breaker, this::good).succeeded()).isTrue();
    assertThat(onLane(breaker::status).failureRate()).isZero();
    fail(breaker, MIN_CALLS);
    assertThat(onLane(breaker::status).opened()).isEqualTo(2);
  }

  @Test
  void probe_oneBadInTheRow_startsTheRowAgain() throws Exception {
    DependencyBreaker breaker = breaker(STORE);
    answer = () -> probes.get() == 3 ? Future.failedFuture("once more") : Future.succeededFuture();
    fail(breaker, MIN_CALLS);
    await().atMost(PATIENCE).until(() -> breaker.state() == BreakerState.CLOSED);
    assertThat(probes).hasValue(3 + LIMITS.probes());
  }

  @Test
  void probe_goodButSlow_keepsItOpen() throws Exception {
    DependencyBreaker breaker = breaker(STORE);
    answer =
        () -> {
          clock.advanceNanos(probes.get() <= 5 ? SLOW : SLOW - 1);
          return Future.succeededFuture();
        };
    fail(breaker, MIN_CALLS);
    await().atMost(PATIENCE).until(() -> breaker.state() == BreakerState.CLOSED);
    assertThat(probes).hasValue(5 + LIMITS.probes());
  }

  @Test
  void probe_hangs_isGivenUpAndTriedAgain() throws Exception {
    DependencyBreaker breaker = breaker(STORE);
    answer = () -> probes.get() == 1 ? Promise.promise().future() : Future.succeededFuture();
    fail(breaker, MIN_CALLS);
    await().atMost(PATIENCE).until(() -> breaker.state() == BreakerState.CLOSED);
    assertThat(probes).hasValue(1 + LIMITS.probes());
  }

  // Vert.x's own breaker would be closed by it: any success resets what is half open.
  @Test
  void call_stragglerSucceedsWhileHalfOpen_closesNothing() throws Exception {
    DependencyBreaker breaker = breaker(STORE);
    Promise<String> straggler = Promise.promise();
    Promise<String> probing = Promise.promise();
    answer = probing::future;
    Future<String> early = onLane(() -> breaker.call(straggler::future));
    fail(breaker, MIN_CALLS);
    await().atMost(PATIENCE).until(() -> breaker.state() == BreakerState.HALF_OPEN);

    onLane(() -> straggler.tryComplete("late"));
    assertThat(early.await(5, TimeUnit.SECONDS)).isEqualTo("late");
    assertThat(breaker.state()).isEqualTo(BreakerState.HALF_OPEN);
    assertThat(onLane(breaker::status).calls()).isEqualTo(MIN_CALLS);
  }

  @Test
  void call_timeoutGiven_isLateAndCounts() throws Exception {
    DependencyBreaker breaker = breaker(STORE.withTimeout(5));
    for (int i = 0; i < MIN_CALLS; i++) {
      HopFailure late =
          (HopFailure) call(breaker, () -> Promise.<String>promise().future()).cause();
      assertThat(late.code()).isEqualTo(FailureCode.LATE);
      assertThat(late).hasMessage("store has not answered for 5 ms");
    }
    assertThat(breaker.state()).isNotEqualTo(BreakerState.CLOSED);
  }

  @Test
  void call_failureThatSaysNothing_countsAsAnAnswer() throws Exception {
    DependencyBreaker breaker =
        breaker(STORE.atFaultWhen(failure -> !"duplicate".equals(failure.getMessage())));
    for (int i = 0; i < 5 * MIN_CALLS; i++) {
      call(breaker, () -> Future.failedFuture("duplicate"));
    }
    assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    assertThat(onLane(breaker::status).failures()).isZero();
    assertThat(onLane(breaker::status).calls()).isEqualTo(5 * MIN_CALLS);
  }

  @Test
  void permits_recordsOfCallsOnTheSpot_openAndCloseItToo() throws Exception {
    DependencyBreaker breaker = breaker(STORE);
    for (int i = 0; i < MIN_CALLS; i++) {
      assertThat(onLane(breaker::permits)).isTrue();
      onLane(
          () -> {
            breaker.record(SLOW, false);
            return true;
          });
    }
    assertThat(onLane(breaker::permits)).isFalse();
    answer = Future::succeededFuture;
    await().atMost(PATIENCE).until(() -> onLane(breaker::permits));
  }

  @Test
  void close_whileOpen_probesNoMore() throws Exception {
    DependencyBreaker breaker = breaker(STORE);
    fail(breaker, MIN_CALLS);
    await().atMost(PATIENCE).until(() -> probes.get() >= 1);
    onLane(
        () -> {
          breaker.close();
          return true;
        });
    int before = probes.get();
    Promise<Void> later = Promise.promise();
    vertx.setTimer(5L * LIMITS.resetMillis(), id -> later.complete());
    later.future().await(20, TimeUnit.SECONDS);
    assertThat(probes).hasValue(before);
    assertThat(breaker.isDiscarded()).isTrue();
  }

  @Test
  void dependency_timeoutOfNothing_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> STORE.withTimeout(0))
        .withMessageContaining("store: the timeout is 0 ms");
  }

  private Future<String> good() {
    asked.incrementAndGet();
    return Future.succeededFuture("good");
  }

  private void succeed(DependencyBreaker breaker, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      call(breaker, this::good);
    }
  }

  private void fail(DependencyBreaker breaker, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      call(breaker, () -> Future.failedFuture("away"));
    }
  }

  private void takeSlowly(DependencyBreaker breaker, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      call(
          breaker,
          () -> {
            clock.advanceNanos(SLOW);
            return Future.succeededFuture("slow");
          });
    }
  }

  /** The call's future, once it is complete. */
  private Future<String> call(DependencyBreaker breaker, Supplier<Future<String>> call)
      throws Exception {
    Promise<Future<String>> ended = Promise.promise();
    lane.runOnContext(
        turn -> {
          Future<String> called = breaker.call(call);
          called.onComplete(done -> ended.complete(called));
        });
    return ended.future().await(20, TimeUnit.SECONDS);
  }

  private <T> T onLane(Supplier<T> question) throws Exception {
    Promise<T> told = Promise.promise();
    lane.runOnContext(
        turn -> {
          try {
            told.complete(question.get());
          } catch (RuntimeException e) {
            told.fail(e);
          }
        });
    return told.future().await(20, TimeUnit.SECONDS);
  }
}
