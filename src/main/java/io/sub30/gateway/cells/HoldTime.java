package io.sub30.gateway.cells;

import java.util.Arrays;

/**
 * How long a batch has lately held its cell, as the median of the last {@value #SAMPLES}: what
 * those waiting before it cost the next one. A mean would hold one stall of the machine against the
 * batches after it, which are refused then for a wait that they would not have had; when it has
 * become slow for good, half of the samples tell.
 *
 * <p>Lane-bound; not thread-safe.
 */
final class HoldTime {

  static final int SAMPLES = 15;

  /** Longer than any tier waits, times as many as may wait. */
  private static final long MOST_NANOS = 10_000_000_000L;

  private final long[] newest = new long[SAMPLES];
  private final long[] sorted = new long[SAMPLES];
  private int count;
  private int next;
  private long medianNanos;

  /** A batch held its cell for that long. */
  void observe(long nanos) {
    newest[next] = nanos;
    next = (next + 1) % SAMPLES;
    count = Math.min(count + 1, SAMPLES);
    System.arraycopy(newest, 0, sorted, 0, count);
    Arrays.sort(sorted, 0, count);
    medianNanos = sorted[(count - 1) / 2];
  }

  /** The longest of those, nanoseconds; negative before the first. */
  long longestNanos() {
    return count == 0 ? -1 : sorted[count - 1];
  }

  /** How long a batch must wait that has so many before it, in nanoseconds. */
  long waitNanos(int before) {
    return before * Math.min(medianNanos, MOST_NANOS);
  }
}
