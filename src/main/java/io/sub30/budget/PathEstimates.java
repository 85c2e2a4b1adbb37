package io.sub30.budget;

import org.jspecify.annotations.Nullable;

/**
 * What one lane knows of how long its requests take, by class: the whole path from where it begins
 * to its answer, the mandatory part of it, and each hop.
 *
 * <p>Not thread-safe: the lane's. A class or hop that was never seen takes no memory; one that was
 * takes about 50 KiB.
 */
public final class PathEstimates {

  private static final int FULL = 0;
  private static final int MINIMAL = 1;
  private static final int FIRST_LINE = 2;

  private final NanoClock clock;
  private final @Nullable SuffixEstimate[][] estimates; // by class, by what is measured

  public PathEstimates(Plan plan, NanoClock clock) {
    this.clock = clock;
    this.estimates = new SuffixEstimate[RequestClass.COUNT][FIRST_LINE + plan.size()];
  }

  /** A request of that class was answered that long after its path began. */
  public void answered(int requestClass, boolean full, long nanos) {
    at(requestClass, full ? FULL : MINIMAL).ended(nanos, clock.nanoTime());
  }

  /** A request of that class had no answer yet after that long, and was given up on. */
  public void unanswered(int requestClass, boolean full, long nanos) {
    at(requestClass, full ? FULL : MINIMAL).censored(nanos, clock.nanoTime());
  }

  /** A hop of a request of that class answered after that long. */
  public void hopAnswered(int requestClass, int line, long nanos) {
    at(requestClass, FIRST_LINE + line).ended(nanos, clock.nanoTime());
  }

  /** A hop of a request of that class was given up on after that long. */
  public void hopUnanswered(int requestClass, int line, long nanos) {
    at(requestClass, FIRST_LINE + line).censored(nanos, clock.nanoTime());
  }

  /** Forgets all that is known of a class: it is another one now. */
  public void forget(int requestClass) {
    for (SuffixEstimate estimate : estimates[requestClass]) {
      if (estimate != null) {
        estimate.empty();
      }
    }
  }

  /** Forgets what is known of one hop of a class. */
  void forgetHop(int requestClass, int line) {
    SuffixEstimate estimate = estimates[requestClass][FIRST_LINE + line];
    if (estimate != null) {
      estimate.empty();
    }
  }

  /**
   * The probability that a path of that class ends within {@code nanos}; negative when too little
   * is known.
   */
  double probability(int requestClass, boolean full, long nanos, long nowNanos) {
    SuffixEstimate estimate = estimates[requestClass][full ? FULL : MINIMAL];
    return estimate == null ? -1 : estimate.probability(nanos, nowNanos);
  }

  /**
   * Within what a hop of that class answers in that share of cases, nanoseconds; {@link
   * Long#MAX_VALUE} when it hangs, negative when too little is known.
   */
  long hopQuantileNanos(int requestClass, int line, double share, long nowNanos) {
    SuffixEstimate estimate = estimates[requestClass][FIRST_LINE + line];
    return estimate == null ? -1 : estimate.quantileNanos(share, nowNanos);
  }

  /**
   * The median of what a hop of that class lately took, nanoseconds; {@link Long#MAX_VALUE} when it
   * hangs, negative when too little is known.
   */
  long hopMedianNanos(int requestClass, int line, long nowNanos) {
    SuffixEstimate estimate = estimates[requestClass][FIRST_LINE + line];
    return estimate == null ? -1 : estimate.newestMedianNanos(nowNanos);
  }

  private SuffixEstimate at(int requestClass, int measured) {
    SuffixEstimate estimate = estimates[requestClass][measured];
    if (estimate == null) {
      estimate = new SuffixEstimate(clock.nanoTime());
      estimates[requestClass][measured] = estimate;
    }
    return estimate;
  }
}
