package io.sub30.database;

/**
 * How a read's time is shared out over its rungs: half of it to a replica, then what is left to the
 * primary but for a reserve in which a cached page can still be served.
 */
final class ReadTime {

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** What the cache may take when Redis has to time out, and a timer's lateness; at least. */
  static final long RESERVE_NANOS = 8 * NANOS_PER_MILLI;

  /** Of much time so large a part: a pause of the collector is longer than that minimum. */
  private static final int RESERVE_PART = 10;

  private ReadTime() {}

  /** Whole milliseconds a replica is given; 0: it is not asked. */
  static long replicaMillis(long remainingNanos) {
    return Math.max(0, remainingNanos / 2) / NANOS_PER_MILLI;
  }

  /** Whole milliseconds the primary is given; 0: it is not asked. */
  static long primaryMillis(long remainingNanos) {
    long reserveNanos =
        Math.min(Math.max(RESERVE_NANOS, remainingNanos / RESERVE_PART), remainingNanos / 3);
    return Math.max(0, remainingNanos - reserveNanos) / NANOS_PER_MILLI;
  }
}
