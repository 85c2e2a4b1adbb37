package io.sub30.budget;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What one lane has just turned away, for those who would ask it the same again: a request of the
 * class with no more room is refused where it came in. So a refusal waits for no other thread, and
 * a lane that has too much to do is not asked to say so each time.
 *
 * <p>What was noted holds for {@value #HOLDS_NANOS} ns, as long as a lane pauses between two
 * probes: it still hears of enough requests to choose its probes from, and of the first one after
 * each pause, whose refusal is noted again.
 *
 * <p>The lane alone notes; any thread may ask.
 */
public final class TurnedAway {

  static final long HOLDS_NANOS = Admission.PROBE_PAUSE_NANOS;

  /** What a crossing to the lane takes at least from the room of one who asks before it. */
  static final long LEAST_CROSSING_NANOS = 500_000;

  /** And at most, as far as is counted on: the next one may cross without any delay. */
  static final long MOST_CROSSING_NANOS = 2_000_000;

  private final AtomicLongArray untilNanos = new AtomicLongArray(RequestClass.COUNT);
  private final AtomicLongArray roomNanos = new AtomicLongArray(RequestClass.COUNT);
  private final AtomicLongArray counts = new AtomicLongArray(Tier.values().length);

  /** Nothing yet. */
  public TurnedAway(long nowNanos) {
    for (int i = 0; i < RequestClass.COUNT; i++) {
      untilNanos.set(i, nowNanos);
    }
  }

  /**
   * The lane has turned one away for want of time, though nothing waited before it.
   *
   * @param remainingNanos what was left until its deadline
   * @param crossingNanos what it took from where it came in to the lane
   */
  public void note(int requestClass, long remainingNanos, long crossingNanos, long nowNanos) {
    long crossing = Math.max(LEAST_CROSSING_NANOS, Math.min(crossingNanos, MOST_CROSSING_NANOS));
    long room = remainingNanos + crossing;
    boolean holds = untilNanos.get(requestClass) - nowNanos > 0;
    if (holds && room < roomNanos.get(requestClass)) {
      return; // says less than what is known, which must not last longer for it
    }
    roomNanos.set(requestClass, room); // first, so that nobody takes it for the one before
    untilNanos.set(requestClass, nowNanos + HOLDS_NANOS);
  }

  /** The lane has let one in: what was noted of its class holds no longer. */
  public void letIn(int requestClass, long nowNanos) {
    if (untilNanos.get(requestClass) - nowNanos > 0) {
      untilNanos.set(requestClass, nowNanos);
    }
  }

  /**
   * Whether the lane would turn it away; it is then counted as turned away.
   *
   * @param remainingNanos what is left until its deadline, where it came in
   */
  public boolean refuses(int requestClass, long remainingNanos, long nowNanos) {
    if (untilNanos.get(requestClass) - nowNanos <= 0
        || remainingNanos > roomNanos.get(requestClass)) {
      return false;
    }
    counts.incrementAndGet(RequestClass.tierOf(requestClass).ordinal());
    return true;
  }

  /** How many were refused without asking the lane. */
  public long count(Tier tier) {
    return counts.get(tier.ordinal());
  }
}
