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

  static final long REFRESH_NANOS = 100_000_000L;
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final RecentDurations fast;
  private final RecentDurations slow;
  private RecentDurations best;
  private long refreshedNanos;

  SuffixEstimate(long nowNanos) {
    fast = new RecentDurations(10, SECOND_NANOS, nowNanos);
    slow = new RecentDurations(6, 10 * SECOND_NANOS, nowNanos);
    best = fast;
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
    best = fast;
  }

  /** Whether enough is known to answer. To be asked first: it brings the table up to date. */
  boolean known(long nowNanos) {
    if (nowNanos - refreshedNanos >= REFRESH_NANOS) {
      refreshedNanos = nowNanos;
      fast.advance(nowNanos);
      slow.advance(nowNanos);
      tabulate();
    }
    return best.samples() >= ENOUGH_SAMPLES;
  }

  private void tabulate() {
    fast.tabulate();
    best = fast;
    if (fast.samples() < ENOUGH_SAMPLES) {
      slow.tabulate();
      best = slow;
    }
  }

  /** The share that ends within {@code nanos}; only when {@link #known}. */
  double probability(long nanos) {
    return best.probability(nanos);
  }

  /** As {@link RecentDurations#quantileNanos}; only when {@link #known}. */
  long quantileNanos(double share) {
    return best.quantileNanos(share);
  }
}
