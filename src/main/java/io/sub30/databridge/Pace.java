package io.sub30.databridge;

/**
 * How long a tick lately took to be enriched, as an exponentially weighted mean: enough to tell
 * whether ten thousand of them fit into the time there is.
 *
 * <p>Lane-bound; not thread-safe.
 */
final class Pace {

  /** Smaller batches tell more of what a batch costs than of what a tick does. */
  private static final int LEAST_TICKS = 100;

  /** Weight of the newest, as a power of two: 1/8. */
  private static final int SHIFT = 3;

  /** Kept as parts of a nanosecond, or the mean could not fall the last few. */
  private static final int FRACTION_BITS = 8;

  private long meanParts;

  /** So many ticks took that long. */
  void observe(int ticks, long nanos) {
    if (ticks < LEAST_TICKS) {
      return;
    }
    long parts = (nanos << FRACTION_BITS) / ticks;
    meanParts = meanParts == 0 ? parts : meanParts + ((parts - meanParts) >> SHIFT);
  }

  /** What so many ticks are expected to take, nanoseconds; 0 while nothing is known. */
  long expectNanos(int ticks) {
    return (meanParts * ticks) >> FRACTION_BITS;
  }
}
