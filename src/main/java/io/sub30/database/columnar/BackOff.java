package io.sub30.database.columnar;

import io.sub30.budget.BreakerLimits;
import io.sub30.budget.BreakerState;
import io.sub30.budget.BreakerStatus;
import io.sub30.budget.CallWindow;
import io.sub30.budget.NanoClock;

/**
 * When the relay tries again after a failure: at once an outage is over, and twice as late after
 * every attempt that failed, from {@value #LEAST_MILLIS} to {@value #MOST_MILLIS} ms.
 *
 * <p>It is the relay's breaker, and shows itself as one. A breaker that opens on rates refuses
 * calls of many callers; the relay is the only caller of its store's writing side, has one attempt
 * under way at a time, and nobody waits for it. So the first failure opens it, the next attempt is
 * the probe (it reads the store's own watermark first, so it repeats nothing), and rates are only
 * counted. Not thread-safe.
 */
final class BackOff {

  static final int LEAST_MILLIS = 100;
  static final int MOST_MILLIS = 5_000;

  private final BreakerLimits limits;
  private final CallWindow window;
  private BreakerState state = BreakerState.CLOSED;
  private String lastCause = "";
  private int nextMillis = LEAST_MILLIS;
  private long opened;
  private long calls;
  private long failures;
  private long slow;

  BackOff(BreakerLimits limits, NanoClock clock) {
    this.limits = limits;
    this.window = new CallWindow(limits, clock);
  }

  /** An attempt begins. */
  void trying() {
    if (state == BreakerState.OPEN) {
      state = BreakerState.HALF_OPEN;
    }
  }

  /** A block was appended. */
  void appended(long nanos) {
    count(nanos, false);
  }

  /** An attempt succeeded, whether or not there was something to append. */
  void succeeded() {
    state = BreakerState.CLOSED;
    nextMillis = LEAST_MILLIS;
  }

  /** An attempt failed; the milliseconds to wait before the next. */
  int failed(long nanos, String why) {
    count(nanos, true);
    if (state == BreakerState.CLOSED) {
      opened++;
    }
    state = BreakerState.OPEN;
    lastCause = why;
    int millis = nextMillis;
    nextMillis = Math.min(2 * nextMillis, MOST_MILLIS);
    return millis;
  }

  private void count(long nanos, boolean failed) {
    calls++;
    if (failed) {
      failures++;
    }
    if (limits.isSlow(nanos)) {
      slow++;
    }
    window.record(nanos, failed);
  }

  BreakerStatus status() {
    return new BreakerStatus(
        state,
        window.failureRate(),
        window.slowRate(),
        opened,
        calls,
        failures,
        slow,
        0,
        lastCause);
  }
}
