package io.sub30.budget;

import java.util.Arrays;

/**
 * How long something lately took, as a distribution that forgets: counts of the last seconds in a
 * ring of intervals, and from them, on request, the probability of any duration.
 *
 * <p>A duration may be censored: it was given up on, so all that is known is that it would have
 * taken longer. The distribution is the product-limit estimate (Kaplan and Meier 1958), which
 * counts a censored one among those that lasted up to that point and not among those that ended
 * there. Leaving them out instead would make a hanging hop look quick.
 *
 * <p>Not thread-safe: the lane's. Recording allocates nothing.
 */
final class RecentDurations {

  private final int intervals;
  private final long intervalNanos;
  private final int[][] ended; // by interval, by bucket
  private final int[][] censored;
  private final int[] counts; // by interval
  private final double[] distribution = new double[DurationBuckets.COUNT];
  private int current;
  private long intervalEndNanos;
  private int tabled; // samples the table was made of

  /**
   * @param intervals of the ring, from 1
   * @param intervalNanos length of one
   * @param nowNanos a reading of the clock that {@link #advance} is given
   */
  RecentDurations(int intervals, long intervalNanos, long nowNanos) {
    this.intervals = intervals;
    this.intervalNanos = intervalNanos;
    this.ended = new int[intervals][DurationBuckets.COUNT];
    this.censored = new int[intervals][DurationBuckets.COUNT];
    this.counts = new int[intervals];
    this.intervalEndNanos = nowNanos + intervalNanos;
  }

  void ended(long nanos) {
    ended[current][DurationBuckets.of(nanos)]++;
    counts[current]++;
  }

  /** It was given up on after that long. */
  void censored(long nanos) {
    censored[current][DurationBuckets.of(nanos)]++;
    counts[current]++;
  }

  /**
   * Goes on to the interval of {@code nowNanos}, emptying those passed. A clock that stands still
   * or goes back changes nothing.
   */
  void advance(long nowNanos) {
    long behindNanos = nowNanos - intervalEndNanos;
    if (behindNanos < 0) {
      return;
    }
    long steps = behindNanos / intervalNanos + 1;
    for (long i = 0; i < Math.min(steps, intervals); i++) {
      current = (current + 1) % intervals;
      empty(current);
    }
    intervalEndNanos += steps * intervalNanos;
  }

  /** Forgets everything, at once. */
  void empty() {
    for (int i = 0; i < intervals; i++) {
      empty(i);
    }
    tabled = 0;
  }

  private void empty(int interval) {
    if (counts[interval] > 0) {
      Arrays.fill(ended[interval], 0);
      Arrays.fill(censored[interval], 0);
      counts[interval] = 0;
    }
  }

  /** Makes the table that {@link #probability} and {@link #quantileNanos} read. */
  void tabulate() {
    long atRisk = 0;
    for (int count : counts) {
      atRisk += count;
    }
    tabled = (int) Math.min(Integer.MAX_VALUE, atRisk);
    double surviving = 1;
    for (int bucket = 0; bucket < DurationBuckets.COUNT; bucket++) {
      long endedHere = 0;
      long censoredHere = 0;
      for (int i = 0; i < intervals; i++) {
        endedHere += ended[i][bucket];
        censoredHere += censored[i][bucket];
      }
      if (endedHere > 0) {
        surviving *= 1 - (double) endedHere / atRisk;
      }
      atRisk -= endedHere + censoredHere;
      distribution[bucket] = 1 - surviving;
    }
  }

  /** Samples the table was made of. */
  int samples() {
    return tabled;
  }

  /** The share that ends within {@code nanos}, 0 to 1; a bucket counts when it ends by then. */
  double probability(long nanos) {
    if (nanos <= 0) {
      return 0;
    }
    int bucket = DurationBuckets.of(nanos);
    if (bucket < DurationBuckets.COUNT - 1 && DurationBuckets.upperNanos(bucket) > nanos) {
      bucket--;
    }
    return bucket < 0 ? 0 : distribution[bucket];
  }

  /**
   * The duration within which that share ends, nanoseconds; {@link Long#MAX_VALUE} when that is
   * beyond what was seen to end.
   */
  long quantileNanos(double share) {
    int low = 0;
    int high = DurationBuckets.COUNT;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (distribution[middle] >= share) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low == DurationBuckets.COUNT ? Long.MAX_VALUE : DurationBuckets.upperNanos(low);
  }
}
