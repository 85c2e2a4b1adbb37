package io.sub30.database.postgres;

import java.util.OptionalLong;

/**
 * How far the primary's log had got, and when: the yardstick of its replicas. A position that was
 * read by a query sent at some moment is at or beyond every commit acknowledged before that moment,
 * so a replica that has replayed this position shows all of them. Keeps the last {@value #KEPT}.
 * Lane-bound; not thread-safe.
 */
final class WalSamples {

  /** At two a second, the least there are, as far back as half a minute. */
  static final int KEPT = 64;

  private final long[] sentNanos = new long[KEPT];
  private final long[] positions = new long[KEPT];
  private long count;

  /**
   * Adds a sample.
   *
   * @param sentNanos when the query was sent, later than that of the sample before
   * @param position what it returned, bytes since the log's origin
   * @return false if the position went back: the primary is another server than it was, and all
   *     earlier samples are forgotten
   */
  boolean add(long sentNanos, long position) {
    boolean forward = count == 0 || position >= newestPosition();
    if (!forward) {
      count = 0;
    }
    int slot = (int) (count % KEPT);
    this.sentNanos[slot] = sentNanos;
    positions[slot] = position;
    count++;
    return forward;
  }

  /** When the newest sample was sent whose position is not beyond that one; empty when all are. */
  OptionalLong replayed(long position) {
    for (long i = count - 1; i >= Math.max(0, count - KEPT); i--) {
      int slot = (int) (i % KEPT);
      if (positions[slot] <= position) {
        return OptionalLong.of(sentNanos[slot]);
      }
    }
    return OptionalLong.empty();
  }

  /** The last position; 0 before there is any. */
  long newestPosition() {
    return count == 0 ? 0 : positions[(int) ((count - 1) % KEPT)];
  }
}
