package io.sub30.database.query;

import java.util.Arrays;

/**
 * The 90th percentile of the last {@value #SAMPLES} durations. Forgets everything when nothing was
 * heard for {@value #MEMORY_SECONDS} s, so that whoever was slow is tried again. Lane-bound; not
 * thread-safe.
 */
final class MovingQuantile {

  static final int SAMPLES = 64;
  static final int MEMORY_SECONDS = 10;

  /** Fewer samples say nothing. */
  static final int LEAST = 4;

  private static final long MEMORY_NANOS = MEMORY_SECONDS * 1_000_000_000L;
  private static final double QUANTILE = 0.9;

  /** Sorting 64 numbers for each of them would cost more than it tells. */
  private static final int EVERY = 4;

  private final long[] samples = new long[SAMPLES];
  private final long[] sorted = new long[SAMPLES];
  private long heardNanos;
  private int count;
  private int next;
  private int unsorted;
  private long quantile;

  void add(long nowNanos, long durationNanos) {
    forgetIfOld(nowNanos);
    heardNanos = nowNanos;
    samples[next] = Math.max(0, durationNanos);
    next = (next + 1) % SAMPLES;
    count = Math.min(count + 1, SAMPLES);
    unsorted++;
  }

  /** Nanoseconds; 0 when too little is known. */
  long nanos(long nowNanos) {
    forgetIfOld(nowNanos);
    if (count < LEAST) {
      return 0;
    }
    if (unsorted >= EVERY || quantile == 0) {
      System.arraycopy(samples, 0, sorted, 0, count);
      Arrays.sort(sorted, 0, count);
      quantile = Math.max(1, sorted[(int) Math.ceil(QUANTILE * count) - 1]);
      unsorted = 0;
    }
    return quantile;
  }

  private void forgetIfOld(long nowNanos) {
    if (count > 0 && nowNanos - heardNanos > MEMORY_NANOS) {
      count = 0;
      next = 0;
      unsorted = 0;
      quantile = 0;
    }
  }
}
