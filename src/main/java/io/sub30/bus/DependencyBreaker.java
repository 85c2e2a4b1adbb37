package io.sub30.bus;

import io.sub30.budget.BreakerLimits;
import io.sub30.budget.BreakerState;
import io.sub30.budget.BreakerStatus;
import io.sub30.budget.CallGate;
import io.sub30.budget.CallWindow;
import io.sub30.budget.NanoClock;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.circuitbreaker.CircuitBreakerState;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A circuit breaker that opens on the share of failed and of slow calls in a window of time, and
 * closes by probes of its own.
 *
 * <p>While it is not closed every call is refused at once: no client's request is ever spent on
 * finding out whether the dependency is back. After the reset time the breaker runs a side-effect
 * free probe; so many good and quick ones in a row close it, a bad one begins another reset time.
 *
 * <p>Vert.x's breaker keeps the state and the timer; calls do not go through its {@code execute}.
 * That counts failures since the last success and nothing else, lets one caller through when half
 * open, and any success, be it of a call made long before, resets it: a straggler would close a
 * breaker that is half open. Its {@code reset()} does nothing while it is open, so closing leads
 * through half open, and {@code open()} starts another timer at each call, so it is only called in
 * the other states.
 *
 * <p>Thread: the context it was created on, for everything but {@link #state()}.
 */
public final class DependencyBreaker implements CallGate {

  private static final Logger log = LoggerFactory.getLogger(DependencyBreaker.class);

  /** A probe that is not answered by then is bad, unless even longer would not be slow. */
  private static final int LEAST_PROBE_TIMEOUT_MILLIS = 2_000;

  /** Probes of a row are spread over this part of the reset time: three at once say little more. */
  private static final int GAPS_PER_RESET = 10;

  private static final int MAX_CAUSE_CHARS = 200;

  private final Vertx vertx;
  private final Context context;
  private final NanoClock clock;
  private final Dependency dependency;
  private final BreakerLimits limits;
  private final Supplier<? extends Future<?>> probe;
  private final CallWindow window;
  private final CircuitBreaker breaker;
  private HopFailure refusal;
  private String lastFailure = "";
  private String lastCause = "";
  private long opened;
  private long calls;
  private long failures;
  private long slow;
  private long refused;
  private boolean closed;

  /**
   * A closed breaker, to be created on the lane.
   *
   * @param probe asks the dependency for something that changes nothing
   */
  public DependencyBreaker(
      Vertx vertx,
      NanoClock clock,
      Dependency dependency,
      BreakerLimits limits,
      Supplier<? extends Future<?>> probe) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.clock = clock;
    this.dependency = dependency;
    this.limits = limits;
    this.probe = probe;
    this.window = new CallWindow(limits, clock);
    this.refusal = refusal("");
    this.breaker =
        CircuitBreaker.create(
            dependency.name(),
            vertx,
            new CircuitBreakerOptions()
                .setMaxFailures(Integer.MAX_VALUE)
                .setTimeout(-1)
                .setResetTimeout(limits.resetMillis())
                .setNotificationAddress(null));
    breaker.halfOpenHandler(halfOpen -> context.runOnContext(turn -> probe(1)));
  }

  /**
   * Makes the call, if calls are let through.
   *
   * @return the call's own outcome; {@link HopFailure} {@code UNAVAILABLE} when it was not made,
   *     {@code LATE} when it was given up
   */
  public <T> Future<T> call(Supplier<Future<T>> call) {
    if (!permits()) {
      return Future.failedFuture(refusal);
    }
    long startNanos = clock.nanoTime();
    long openedBefore = opened;
    Future<T> answer = attempt(call);
    if (dependency.timeoutMillis() != Dependency.NO_TIMEOUT) {
      answer = bounded(answer, dependency.timeoutMillis());
    }
    return answer.onComplete(
        done -> {
          // What began before an opening says nothing about the time after it.
          if (opened == openedBefore) {
            count(clock.nanoTime() - startNanos, done.cause());
          }
        });
  }

  @Override
  public boolean permits() {
    if (breaker.state() == CircuitBreakerState.CLOSED) {
      return true;
    }
    refused++;
    return false;
  }

  @Override
  public void record(long nanos, boolean failed) {
    if (breaker.state() == CircuitBreakerState.CLOSED) {
      note(nanos, failed);
    }
  }

  /** Whether calls are let through; from any thread. */
  public BreakerState state() {
    return switch (breaker.state()) {
      case CLOSED -> BreakerState.CLOSED;
      case HALF_OPEN -> BreakerState.HALF_OPEN;
      case OPEN -> BreakerState.OPEN;
    };
  }

  /** How it stands now. */
  public BreakerStatus status() {
    return new BreakerStatus(
        state(),
        window.failureRate(),
        window.slowRate(),
        opened,
        calls,
        failures,
        slow,
        refused,
        lastCause);
  }

  /** Whether it was closed for good: it tries nothing any more. */
  public boolean isDiscarded() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    breaker.close();
  }

  // ---- counting and opening

  private void count(long nanos, @Nullable Throwable failure) {
    if (failure == null || !dependency.isAtFault().test(failure)) {
      note(nanos, false);
    } else {
      lastFailure = String.valueOf(failure.getMessage());
      note(nanos, true);
    }
  }

  private void note(long nanos, boolean failed) {
    calls++;
    if (failed) {
      failures++;
    }
    if (limits.isSlow(nanos)) {
      slow++;
    }
    if (window.record(nanos, failed) && breaker.state() == CircuitBreakerState.CLOSED) {
      open();
    }
  }

  private void open() {
    opened++;
    lastCause =
        shorten(
            String.format(
                Locale.ROOT,
                "%.0f %% of its calls failed, %.0f %% took %s ms or more%s",
                100 * window.failureRate(),
                100 * window.slowRate(),
                millis(limits.slowNanos()),
                lastFailure.isEmpty() || window.failureRate() == 0
                    ? ""
                    : "; the last failure: " + lastFailure));
    refusal =
        refusal(
            String.format(
                Locale.ROOT,
                ": %.0f %% of its calls failed, %.0f %% were slow",
                100 * window.failureRate(),
                100 * window.slowRate()));
    log.warn("{} is not asked any more: {}", dependency.name(), lastCause);
    breaker.open();
  }

  /** Made once an opening; the failure's text is the operators' alone, it may hold addresses. */
  private HopFailure refusal(String why) {
    return new HopFailure(
        dependency.hop(),
        FailureCode.UNAVAILABLE,
        dependency.name() + " is not asked for now" + why + "; nothing was sent to it");
  }

  // ---- probing and closing

  private void probe(int number) {
    if (closed || breaker.state() != CircuitBreakerState.HALF_OPEN) {
      return;
    }
    long startNanos = clock.nanoTime();
    long timeoutMillis = Math.max(LEAST_PROBE_TIMEOUT_MILLIS, limits.slowNanos() / 1_000_000 + 1);
    bounded(DependencyBreaker.<Void>attempt(() -> probe.get().mapEmpty()), timeoutMillis)
        .onComplete(done -> judge(number, clock.nanoTime() - startNanos, done.cause()));
  }

  private void judge(int number, long nanos, @Nullable Throwable failure) {
    if (closed) {
      return;
    }
    if (failure != null || limits.isSlow(nanos)) {
      lastCause =
          shorten(
              failure == null
                  ? "a probe took " + millis(nanos) + " ms"
                  : "a probe failed: " + failure.getMessage());
      breaker.open();
    } else if (number < limits.probes()) {
      long gapMillis = Math.max(1, limits.resetMillis() / GAPS_PER_RESET);
      vertx.setTimer(gapMillis, id -> probe(number + 1));
    } else {
      window.clear();
      lastFailure = "";
      breaker.reset();
      log.warn("{} is asked again: {} probes were good", dependency.name(), number);
    }
  }

  private static <T> Future<T> attempt(Supplier<? extends Future<T>> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private <T> Future<T> bounded(Future<T> answer, long millis) {
    if (answer.isComplete()) {
      return answer;
    }
    Promise<T> outcome = Promise.promise();
    long timer =
        vertx.setTimer(
            millis,
            id ->
                outcome.tryFail(
                    new HopFailure(
                        dependency.hop(),
                        FailureCode.LATE,
                        dependency.name() + " has not answered for " + millis + " ms")));
    answer.onComplete(
        done -> {
          vertx.cancelTimer(timer);
          if (done.succeeded()) {
            outcome.tryComplete(done.result());
          } else {
            outcome.tryFail(done.cause());
          }
        });
    return outcome.future();
  }

  private static String millis(long nanos) {
    return nanos % 1_000_000 == 0
        ? Long.toString(nanos / 1_000_000)
        : String.format(Locale.ROOT, "%.1f", nanos / 1e6);
  }

  private static String shorten(String text) {
    return text.length() <= MAX_CAUSE_CHARS ? text : text.substring(0, MAX_CAUSE_CHARS) + "…";
  }
}
