package io.sub30.gateway;

/**
 * How long a batch has lately held its cell, as an exponentially weighted mean: what those waiting
 * before it cost the next one.
 *
 * <p>Lane-bound; not thread-safe.
 */
final class HoldTime {

  /** Weight of the newest, as a power of two: 1/8, as TCP smooths its round trip (RFC 6298). */
  private static final int MEAN_SHIFT = 3;

  /**
   * A batch whose outcome had to be looked up says nothing about the others: none counts for more
   * than this.
   */
  private static final long MOST_NANOS = 100_000_000;

  private long meanNanos;

  /** A batch held its cell for that long. */
  void observe(long nanos) {
    meanNanos += (Math.min(nanos, MOST_NANOS) - meanNanos) >> MEAN_SHIFT;
  }

  /** How long a batch must wait that has so many before it, in nanoseconds. */
  long waitNanos(int before) {
    return before * meanNanos;
  }
}
