package io.sub30.gateway.rates;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What one tenant owes, after the generic cell rate algorithm (ITU-T I.371, as a virtual schedule):
 * the theoretical arrival time, at which all that was let in would have come at the sustained rate.
 * A request is let in while that is no further ahead than the burst allows, and moves it on by one
 * interval. So in any window of {@code t} seconds at most {@code burst + rate * t} are let in.
 *
 * <p>Thread-safe, without a lock: threads that meet try again.
 */
final class Bucket {

  /** In place of a time: the bucket has been taken out of its table and takes no more requests. */
  private static final long RETIRED = Long.MIN_VALUE;

  /** When a bucket cannot tell, because it is retired. */
  static final long GONE = -1;

  private final AtomicLong arrivalNanos;

  Bucket(long nowNanos) {
    // Any time that is past is as good.
    this.arrivalNanos = new AtomicLong(nowNanos == RETIRED ? nowNanos - 1 : nowNanos);
  }

  /**
   * Counts a request, if it is within the rate.
   *
   * @return the debt after it, above 0 when it was let in; the wait until it would be, as a
   *     negative number below {@link #GONE}, when not; {@link #GONE} when the bucket is retired
   */
  long take(RatePolicy policy, long nowNanos) {
    while (true) {
      long arrival = arrivalNanos.get();
      if (arrival == RETIRED) {
        return GONE;
      }
      long debt = debt(arrival, nowNanos);
      if (debt > policy.wholeNanos()) {
        // The clock was set back. Nobody ever owes more than a whole burst.
        arrivalNanos.compareAndSet(arrival, stamp(nowNanos + policy.wholeNanos()));
        continue;
      }
      long wait = debt - policy.toleranceNanos();
      if (wait > 0) {
        return GONE - wait;
      }
      long owed = debt + policy.intervalNanos();
      if (arrivalNanos.compareAndSet(arrival, stamp(nowNanos + owed))) {
        return owed;
      }
    }
  }

  /** At least so much is owed from now on: others have spent it. */
  void owe(long debtNanos, long nowNanos) {
    long least = stamp(nowNanos + debtNanos);
    arrivalNanos.accumulateAndGet(
        least, (arrival, at) -> arrival == RETIRED || arrival - at >= 0 ? arrival : at);
  }

  /** How long a request would wait whose answer from {@link #take} was that number. */
  static long waitNanos(long refused) {
    return GONE - refused;
  }

  /**
   * Retires the bucket if its tenant owes nothing: then it is as good as a new one, and may be
   * forgotten.
   */
  boolean retire(long nowNanos) {
    long arrival = arrivalNanos.get();
    return arrival == RETIRED
        || (debt(arrival, nowNanos) == 0 && arrivalNanos.compareAndSet(arrival, RETIRED));
  }

  private static long debt(long arrivalNanos, long nowNanos) {
    return Math.max(0, arrivalNanos - nowNanos);
  }

  /** A time that is not mistaken for a retired bucket: a nanosecond more is owed. */
  private static long stamp(long nanos) {
    return nanos == RETIRED ? nanos + 1 : nanos;
  }
}
