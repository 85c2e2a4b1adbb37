package io.sub30.budget;

import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/**
 * How often each duration was seen, for many series side by side: the counts of as many {@link
 * Histogram}s in one array. A recorder of HdrHistogram's own leads through five objects to its
 * count, none of which is in the processor's cache when a request ends; here it is one.
 *
 * <p>Recorded into by one thread, which allocates nothing and waits for nobody; read by any.
 */
final class DurationHistograms {

  /** 100 ns to 10 s with two digits: enough to tell a 2 µs hop, and where a hanging one ends. */
  private static final long LOWEST_NANOS = 100;

  private static final long HIGHEST_NANOS = 10_000_000_000L;
  private static final int DIGITS = 2;

  // As HdrHistogram divides that range: steps of 64 ns to 16 µs, then 128 to each doubling.
  private static final int UNIT_BITS = 6;
  private static final int SUB_BITS = 7;
  private static final int LINEAR_BITS = UNIT_BITS + SUB_BITS + 1;
  private static final int LAST_BIT = 33; // of the highest
  private static final int LINEAR = 1 << (SUB_BITS + 1);
  private static final int BUCKETS = LINEAR + ((LAST_BIT - LINEAR_BITS + 1) << SUB_BITS);

  private final AtomicLongArray counts; // by series, by bucket; only ever grow

  /** So many series, all empty; each takes 22 KiB. */
  DurationHistograms(int series) {
    counts = new AtomicLongArray(series * BUCKETS);
  }

  /** An empty histogram of the range and precision of these. */
  static Histogram histogram() {
    return new Histogram(LOWEST_NANOS, HIGHEST_NANOS, DIGITS);
  }

  /** What is below 0 counts as 0, what is above 10 s as 10 s. On the recording thread. */
  void record(int series, long nanos) {
    int index = series * BUCKETS + bucketOf(Math.max(0, Math.min(nanos, HIGHEST_NANOS)));
    counts.lazySet(index, counts.getPlain(index) + 1);
  }

  /** Adds all that was recorded of that series so far. From any thread. */
  void addTo(int series, Histogram into) {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      long count = counts.get(series * BUCKETS + bucket);
      if (count > 0) {
        into.recordValueWithCount(lowestNanos(bucket), count);
      }
    }
  }

  private static int bucketOf(long nanos) {
    int bit = 63 - Long.numberOfLeadingZeros(nanos | 1);
    if (bit < LINEAR_BITS) {
      return (int) (nanos >>> UNIT_BITS);
    }
    int sub = (int) (nanos >>> (bit - SUB_BITS)) & ((1 << SUB_BITS) - 1);
    return LINEAR + ((bit - LINEAR_BITS) << SUB_BITS) + sub;
  }

  private static long lowestNanos(int bucket) {
    if (bucket < LINEAR) {
      return (long) bucket << UNIT_BITS;
    }
    int doublings = (bucket - LINEAR) >>> SUB_BITS;
    long sub = (bucket - LINEAR) & ((1 << SUB_BITS) - 1);
    return ((1L << SUB_BITS) + sub) << (LINEAR_BITS - SUB_BITS + doublings);
  }
}
