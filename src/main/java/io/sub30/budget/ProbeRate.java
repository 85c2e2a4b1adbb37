package io.sub30.budget;

/**
 * How many of what would be turned away is tried all the same, so that recovery is noticed: one in
 * a hundred, and at least so many a second. Not thread-safe: the lane's.
 */
final class ProbeRate {

  static final int ONE_IN = 100;

  private final long pauseNanos;
  private long nextNanos;
  private int since;

  /**
   * @param pauseNanos after which the next one is tried in any case
   */
  ProbeRate(long pauseNanos, long nowNanos) {
    this.pauseNanos = pauseNanos;
    this.nextNanos = nowNanos;
  }

  /** Whether this one is tried. */
  boolean take(long nowNanos) {
    since++;
    if (nowNanos - nextNanos >= 0 || since >= ONE_IN) {
      nextNanos = nowNanos + pauseNanos;
      since = 0;
      return true;
    }
    return false;
  }
}
