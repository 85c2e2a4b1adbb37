package io.sub30.budget;

import java.util.Arrays;

/**
 * How long something lately took: counts of the last seconds in a ring of intervals. A duration may
 * be censored: it was given up on, so all that is known is that it would have taken longer.
 *
 * <p>Not thread-safe: the lane's. Recording allocates nothing.
 */
final class RecentDurations {

  private final int intervals;
  private final long intervalNanos;
  private final int[][] ended; // by interval, by bucket
  private final int[][] censored;
  private final int[] counts; // by interval
  private int lowest = DurationBuckets.COUNT; // of the buckets used since all was forgotten
  private int highest = -1;
  private int current;
  private long intervalEndNanos;

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
    ended[current][used(nanos)]++;
    counts[current]++;
  }

  /** It was given up on after that long. */
  void censored(long nanos) {
    censored[current][used(nanos)]++;
    counts[current]++;
  }

  private int used(long nanos) {
    int bucket = DurationBuckets.of(nanos);
    lowest = Math.min(lowest, bucket);
    highest = Math.max(highest, bucket);
    return bucket;
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
    lowest = DurationBuckets.COUNT;
    highest = -1;
  }

  private void empty(int interval) {
    if (counts[interval] > 0) {
      Arrays.fill(ended[interval], 0);
      Arrays.fill(censored[interval], 0);
      counts[interval] = 0;
    }
  }

  /** Makes {@code table} the distribution of all that is remembered. */
  void tabulate(DurationTable table) {
    tabulate(table, Integer.MAX_VALUE);
  }

  /**
   * Makes {@code table} the distribution of the newest intervals, of as many as it takes to have
   * {@code enough} samples: what a hop does now and not what it did ten seconds ago.
   */
  void tabulate(DurationTable table, int enough) {
    int taken = 0;
    long samples = 0;
    while (taken < intervals && samples < enough) {
      samples += counts[back(taken++)];
    }
    table.start(samples, lowest);
    for (int bucket = lowest; bucket <= highest; bucket++) { // a quarter of all, as a rule
      long endedHere = 0;
      long censoredHere = 0;
      for (int i = 0; i < taken; i++) {
        int interval = back(i);
        endedHere += ended[interval][bucket];
        censoredHere += censored[interval][bucket];
      }
      table.next(bucket, endedHere, censoredHere);
    }
    table.end(highest + 1);
  }

  /** The interval so many before the current one. */
  private int back(int steps) {
    return (current - steps + intervals) % intervals;
  }
}
