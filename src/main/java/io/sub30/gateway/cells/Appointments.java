package io.sub30.gateway.cells;

/**
 * When those who were turned away at one cell are asked to come back: not before what is under way
 * is over, and each a little after the one before, so that they come one by one between the new
 * ones and not in a wave that is turned away again. It is only a wish: nothing is held free.
 *
 * <p>Lane-bound; not thread-safe.
 */
final class Appointments {

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** So long at least: a client's timers and its way here are no finer. */
  static final int SOONEST_MILLIS = 10;

  /** So long at most: further ahead nothing is known. */
  static final int LATEST_MILLIS = 1_000;

  private long lastNanos = Long.MIN_VALUE;

  /**
   * The next one's.
   *
   * @param waitNanos until what is under way is over
   * @param apartNanos from the one before
   * @return milliseconds from now, {@value #SOONEST_MILLIS} to {@value #LATEST_MILLIS}
   */
  int next(long nowNanos, long waitNanos, long apartNanos) {
    long soonest = Math.max(SOONEST_MILLIS * NANOS_PER_MILLI, waitNanos);
    long afterLast = lastNanos == Long.MIN_VALUE ? 0 : lastNanos - nowNanos + apartNanos;
    long nanos = Math.min(LATEST_MILLIS * NANOS_PER_MILLI, Math.max(soonest, afterLast));
    lastNanos = nowNanos + nanos;
    return (int) ((nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
  }
}
