package io.sub30.gateway;

/**
 * How long a batch has lately held its cell: mean and mean deviation, both exponentially weighted,
 * as TCP estimates its round trip (Jacobson 1988). A batch that will not fit into the time it has
 * is refused at once: begun, it would be given up on halfway and take the time of those behind it,
 * and a queue that serves only what is almost out of time serves nobody.
 *
 * <p>Lane-bound; not thread-safe.
 */
final class PathEstimate {

  /** Weight of the newest in the mean, as a power of two: 1/8. */
  private static final int MEAN_SHIFT = 3;

  /** Weight of the newest in the deviation, as a power of two: 1/4. */
  private static final int DEVIATION_SHIFT = 2;

  /**
   * A batch whose outcome had to be looked up says nothing about the others: none counts for more
   * than this.
   */
  private static final long MOST_NANOS = 100_000_000;

  private long meanNanos;
  private long deviationNanos;

  /** A batch held its cell for that long. */
  void observe(long nanos) {
    long error = Math.min(nanos, MOST_NANOS) - meanNanos;
    meanNanos += error >> MEAN_SHIFT;
    deviationNanos += (Math.abs(error) - deviationNanos) >> DEVIATION_SHIFT;
  }

  /** How long a batch must reckon with that has so many before it, in nanoseconds. */
  long expectNanos(int before) {
    return (before + 1) * meanNanos + 2 * deviationNanos;
  }
}
