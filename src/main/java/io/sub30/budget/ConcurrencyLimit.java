package io.sub30.budget;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many requests may be on their path at once on a lane: one more with each that ends well while
 * at least half of that are under way, a tenth fewer with each that takes {@value #GUARD_PERCENT} %
 * of its tier's budget or more; never fewer than one (additive increase, multiplicative decrease).
 * Where admission asks whether a request will be in time by how its like have fared, this asks
 * whether there are too many at once for any of them to be.
 *
 * <p>Belongs to its lane; the figures may be read from any thread.
 */
public final class ConcurrencyLimit {

  static final int GUARD_PERCENT = 80;
  static final int FEWEST = 1;

  /** To begin with: several times what two cores have under way when they are busy. */
  static final int FIRST = 64;

  /** More cells than that a lane does not hold. */
  static final int MOST = 4_096;

  private final Plan plan;
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong begun = new AtomicLong();
  private volatile int limit = FIRST;
  private volatile int underWay;

  ConcurrencyLimit(Plan plan) {
    this.plan = plan;
  }

  /** Whether one more would be too many; counted when it is turned away for that. */
  public boolean turnsAway() {
    if (underWay < limit) {
      return false;
    }
    refused.lazySet(refused.get() + 1);
    return true;
  }

  /** A request's path begins. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the lane alone
  public void began() {
    underWay++;
    begun.lazySet(begun.get() + 1);
  }

  /**
   * A request that was let in is answered, or its time ran out on its path.
   *
   * @param nanos since its path began
   * @param well whether it was answered in time; if not, it counts as having taken too long
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the lane alone
  public void answered(Tier tier, long nanos, boolean well) {
    long guardNanos = plan.totalNanos(tier) / 100 * GUARD_PERCENT;
    if (!well || nanos >= guardNanos) {
      limit = Math.max(FEWEST, limit * 9 / 10);
    } else if (2 * underWay >= limit) {
      limit = Math.min(MOST, limit + 1);
    }
  }

  /** A request's path is over, however it ended. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the lane alone
  public void ended() {
    underWay--;
  }

  /** Requests that may be under way now. */
  public int limit() {
    return limit;
  }

  /** Requests that are under way now. */
  public int underWay() {
    return underWay;
  }

  /** Requests whose path has begun since the start, whatever the mode. */
  public long begun() {
    return begun.get();
  }

  /** Requests turned away since the start. */
  public long refused() {
    return refused.get();
  }
}
