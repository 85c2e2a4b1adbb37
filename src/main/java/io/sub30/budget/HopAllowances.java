package io.sub30.budget;

import java.util.List;

/**
 * How long a hop may take, when it is asked: its own line and what was left unspent before it, but
 * never what the rest of the path needs.
 *
 * <pre>
 *   min(R - F - S, b + carry)
 *     R      what remains of the request's time
 *     F      the floor: the last hop at its 99th percentile, and the response's line
 *     S      the medians of the hops between this one and the last
 *     b      the hop's line, scaled to the tier
 *     carry  what the lines before it have not spent, never below 0
 * </pre>
 *
 * If that is less than the hop's median it is not worth asking, and the allowance is {@link #NONE}:
 * half of such questions would only take time from the answer. One in a while is asked all the same
 * (see {@link ProbeRate}), as long as the floor holds, so that a hop that has become quick again is
 * noticed; five answers in a row within the line make a slow past forgotten.
 *
 * <p>The floor holds the last hop at its 99th percentile and not at its median, since at the median
 * every second degraded answer would be late. Overspending before a hop does not shorten it: what
 * was overspent is gone from R already.
 *
 * <p>Not thread-safe: the lane's.
 */
public final class HopAllowances {

  /** The hop is not to be asked. */
  public static final long NONE = 0;

  private static final int STREAK = 5;

  /**
   * Five a second: a probe of a hop costs its request the whole allowance, and five in a row must
   * not take longer than a second.
   */
  static final long PROBE_PAUSE_NANOS = 200_000_000L;

  private final Plan plan;
  private final PathShape shape;
  private final PathEstimates estimates;
  private final ModeSwitch mode;
  private final ProbeRate[] probes; // by line
  private final int[][] streaks; // by class, by line: answers in a row within the line

  public HopAllowances(
      Plan plan, PathShape shape, PathEstimates estimates, ModeSwitch mode, NanoClock clock) {
    this.plan = plan;
    this.shape = shape;
    this.estimates = estimates;
    this.mode = mode;
    this.probes = new ProbeRate[plan.size()];
    this.streaks = new int[RequestClass.COUNT][plan.size()];
    for (int line = 0; line < probes.length; line++) {
      probes[line] = new ProbeRate(PROBE_PAUSE_NANOS, clock.nanoTime());
    }
  }

  /**
   * The allowance of an optional hop, nanoseconds; {@link #NONE} when it is not to be asked. Never
   * more than remains.
   *
   * @param startNanos when the request began
   * @param remainingNanos until its deadline
   */
  public long nanos(
      int requestClass, int line, long startNanos, long remainingNanos, long nowNanos) {
    if (mode.mode() != Mode.ENFORCE) {
      return Math.max(NONE, remainingNanos);
    }
    long room = remainingNanos - floorNanos(requestClass, tailNanos(requestClass, nowNanos));
    long own = ownNanos(RequestClass.tierOf(requestClass), line, nowNanos - startNanos);
    long allowed = Math.min(room - laterNanos(requestClass, line, nowNanos), own);
    long median = estimates.hopMedianNanos(requestClass, line, nowNanos);
    if (allowed > 0 && allowed >= median) {
      return allowed;
    }
    // A probe asks whether the hop keeps to its line again, so it is not waited for any longer.
    Tier tier = RequestClass.tierOf(requestClass);
    long tried = Math.min(room, Math.min(own, plan.lineNanos(tier, line)));
    return tried > 0 && probes[line].take(nowNanos) ? tried : NONE;
  }

  /** What must be left for the end of the path when its last hop takes that long, nanoseconds. */
  private long floorNanos(int requestClass, long lastNanos) {
    Tier tier = RequestClass.tierOf(requestClass);
    long known = lastNanos < 0 ? plan.lineNanos(tier, shape.lastLine()) : lastNanos;
    // A last hop that hangs leaves room for nothing; without the bound the sum would overflow.
    return Math.min(known, plan.totalNanos(tier)) + responseNanos();
  }

  private long tailNanos(int requestClass, long nowNanos) {
    return estimates.hopQuantileNanos(requestClass, shape.lastLine(), 0.99, nowNanos);
  }

  /**
   * What is kept for the response. The plan's own line whatever the tier, since serialization takes
   * no longer because there is more time for it.
   */
  public long responseNanos() {
    return plan.lines().get(shape.response()).budget().toNanos();
  }

  private long ownNanos(Tier tier, int line, long elapsedNanos) {
    long before = 0;
    for (int entry : shape.entry()) {
      before += plan.lineNanos(tier, entry);
    }
    for (PathShape.Step step : shape.hops()) {
      if (step.line() == line) {
        break;
      }
      before += plan.lineNanos(tier, step.line());
    }
    return plan.lineNanos(tier, line) + Math.max(0, before - elapsedNanos);
  }

  private long laterNanos(int requestClass, int line, long nowNanos) {
    List<PathShape.Step> hops = shape.hops();
    Tier tier = RequestClass.tierOf(requestClass);
    long later = 0;
    boolean passed = false;
    for (int i = 0; i < hops.size() - 1; i++) {
      if (passed) {
        long median = estimates.hopMedianNanos(requestClass, hops.get(i).line(), nowNanos);
        // One that takes more than its line may not be asked at all, so no more is kept for it.
        later += Math.min(Math.max(0, median), plan.lineNanos(tier, hops.get(i).line()));
      }
      passed |= hops.get(i).line() == line;
    }
    return later;
  }

  /**
   * The allowance of a mandatory hop before the last, nanoseconds: all that the last one leaves at
   * its median, since without either there is no answer at all.
   */
  public long mandatoryNanos(int requestClass, long remainingNanos, long nowNanos) {
    return mode.mode() == Mode.ENFORCE
        ? Math.max(
            NONE,
            remainingNanos
                - floorNanos(
                    requestClass,
                    estimates.hopMedianNanos(requestClass, shape.lastLine(), nowNanos)))
        : Math.max(NONE, remainingNanos);
  }

  /** A hop answered after that long. */
  public void answered(int requestClass, int line, long nanos, long nowNanos) {
    long budgetNanos = plan.lineNanos(RequestClass.tierOf(requestClass), line);
    int[] streak = streaks[requestClass];
    streak[line] = nanos <= budgetNanos ? streak[line] + 1 : 0;
    if (streak[line] >= STREAK
        && estimates.hopMedianNanos(requestClass, line, nowNanos) > budgetNanos) {
      estimates.forgetHop(requestClass, line);
    }
    estimates.hopAnswered(requestClass, line, nanos);
  }

  /** A hop was given up on after that long. */
  public void unanswered(int requestClass, int line, long nanos) {
    streaks[requestClass][line] = 0;
    estimates.hopUnanswered(requestClass, line, nanos);
  }
}
