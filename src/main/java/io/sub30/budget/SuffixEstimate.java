package io.sub30.budget;

/**
 * How long it takes from one stage of a request to its end, lately: the last ten seconds when they
 * hold enough to go by, else the last minute, else nothing is known.
 *
 * <p>Measured as a whole and not added up from hops: the sum of the hops' 99th percentiles is far
 * above the 99th percentile of their sum.
 *
 * <p>Not thread-safe: the lane's. The table behind the answers is made anew at most every 100 ms,
 * by whoever asks first; in between a question is one look into it.
 */
final class SuffixEstimate {

  /** With fewer samples a 95th percentile is a guess. */
  static final int ENOUGH_SAMPLES = 50;

  /**
   * With fewer samples a median is one. A hop that is only probed yields no more than fifty in ten
   * seconds.
   */
  static final int ENOUGH_FOR_MEDIAN = 15;

  static final long REFRESH_NANOS = 100_000_000L;
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final RecentDurations fast;
  private final RecentDurations slow;
  private final DurationTable recent = new DurationTable();
  private final DurationTable newest = new DurationTable();
  private boolean recentMade;
  private boolean newestMade;
  private long refreshedNanos;

  SuffixEstimate(long nowNanos) {
    fast = new RecentDurations(10, SECOND_NANOS, nowNanos);
    slow = new RecentDurations(6, 10 * SECOND_NANOS, nowNanos);
    refreshedNanos = nowNanos - REFRESH_NANOS;
  }

  void ended(long nanos, long nowNanos) {
    advance(nowNanos);
    fast.ended(nanos);
    slow.ended(nanos);
  }

  /** It was given up on after that long. */
  void censored(long nanos, long nowNanos) {
    advance(nowNanos);
    fast.censored(nanos);
    slow.censored(nanos);
  }

  private void advance(long nowNanos) {
    fast.advance(nowNanos);
    slow.advance(nowNanos);
  }

  /** Forgets everything; nothing is known any more. */
  void empty() {
    fast.empty();
    slow.empty();
    recentMade = false;
    newestMade = false;
  }

  /** The share that ends within {@code nanos}; negative when too little is known. */
  double probability(long nanos, long nowNanos) {
    refresh(nowNanos);
    DurationTable table = recent();
    return table.samples() < ENOUGH_SAMPLES ? -1 : table.probability(nanos);
  }

  /** As {@link DurationTable#quantileNanos}; negative when too little is known. */
  long quantileNanos(double share, long nowNanos) {
    refresh(nowNanos);
    DurationTable table = recent();
    return table.samples() < ENOUGH_SAMPLES ? -1 : table.quantileNanos(share);
  }

  /**
   * The median of the newest samples, as few as are enough; {@link Long#MAX_VALUE} when it hangs,
   * negative when too little is known. Within ten seconds of its becoming slow a hop is known to
   * be: at once when it is asked often.
   */
  long newestMedianNanos(long nowNanos) {
    refresh(nowNanos);
    if (!newestMade) {
      newestMade = true;
      fast.tabulate(newest, ENOUGH_FOR_MEDIAN);
      if (newest.samples() < ENOUGH_FOR_MEDIAN) {
        slow.tabulate(newest, ENOUGH_FOR_MEDIAN);
      }
    }
    return newest.samples() < ENOUGH_FOR_MEDIAN ? -1 : newest.medianNanos();
  }

  private DurationTable recent() {
    if (!recentMade) {
      recentMade = true;
      fast.tabulate(recent);
      if (recent.samples() < ENOUGH_SAMPLES) {
        slow.tabulate(recent);
      }
    }
    return recent;
  }

  private void refresh(long nowNanos) {
    if (nowNanos - refreshedNanos >= REFRESH_NANOS) {
      refreshedNanos = nowNanos;
      advance(nowNanos);
      recentMade = false;
      newestMade = false;
    }
  }
}
