package io.sub30.budget;

/**
 * How many of what would be turned away is tried all the same, so that recovery is noticed: one in
 * a hundred, and at least twenty a second. Not thread-safe: the lane's.
 */
final class ProbeRate {

  static final int ONE_IN = 100;
  static final long PAUSE_NANOS = 1_000_000_000L / 20;

  private long nextNanos;
  private int since;

  ProbeRate(long nowNanos) {
    nextNanos = nowNanos;
  }

  /** Whether this one is tried. */
  boolean take(long nowNanos) {
    since++;
    if (nowNanos - nextNanos >= 0 || since >= ONE_IN) {
      nextNanos = nowNanos + PAUSE_NANOS;
      since = 0;
      return true;
    }
    return false;
  }
}
