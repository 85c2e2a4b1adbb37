package io.sub30.budget;

/**
 * Durations as bucket numbers: sixteen buckets to each doubling from 1 µs to 17 s, so a duration is
 * known to 6 %. Finer would not help: what is asked is whether a request fits into milliseconds.
 */
final class DurationBuckets {

  private static final int SUB_BITS = 4;
  private static final int FIRST_BIT = 10; // 1,024 ns
  private static final int LAST_BIT = 34; // 17.2 s

  /** How many there are. */
  static final int COUNT = (LAST_BIT - FIRST_BIT) << SUB_BITS;

  private DurationBuckets() {}

  /** The bucket of a duration; what is below or above all of them falls into the first or last. */
  static int of(long nanos) {
    if (nanos < 1L << FIRST_BIT) {
      return 0;
    }
    int bit = 63 - Long.numberOfLeadingZeros(nanos);
    if (bit >= LAST_BIT) {
      return COUNT - 1;
    }
    int sub = (int) (nanos >>> (bit - SUB_BITS)) & ((1 << SUB_BITS) - 1);
    return ((bit - FIRST_BIT) << SUB_BITS) + sub;
  }

  /** The longest duration of a bucket, nanoseconds. */
  static long upperNanos(int bucket) {
    int bit = FIRST_BIT + (bucket >>> SUB_BITS);
    long step = 1L << (bit - SUB_BITS);
    return (1L << bit) + ((bucket & ((1 << SUB_BITS) - 1)) + 1) * step - 1;
  }
}
