package io.sub30.budget;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Decides before a request starts whether it will be answered in time, and with how much.
 *
 * <p>A request is let in when the probability that its path ends in time is at least {@link
 * #threshold} of its tier; else with the mandatory part only, when that is likely enough to fit;
 * else it is turned away. While too little is known it is let in when the configured lines fit, or
 * as long as the lane's last requests took, of whatever class: a wait takes from a room that the
 * lines fill whole, so by them alone a cold lane would turn away whatever does not find it idle. A
 * few of those that would be turned away go the whole way (see {@link ProbeRate}), because only
 * what is tried can be seen to have recovered; five of a class in a row in time and what was known
 * of the class is forgotten.
 *
 * <p>Not thread-safe: the lane's; the counts may be read from any thread.
 */
public final class Admission {

  /** What becomes of a request. */
  public enum Verdict {
    /** It is let in with everything it asks for. */
    FULL,
    /** It would not fit, and is let in to see whether that is still so. */
    PROBE,
    /** It is let in for the mandatory part; the rest is answered from what is known already. */
    MINIMAL,
    /** It would not fit and is turned away, with nothing done. */
    REFUSE
  }

  /** How long a request takes is not known. */
  public static final long UNKNOWN = -1;

  private static final int STREAK = 5;

  /** Twenty a second, so that five in a row take a quarter of one. */
  static final long PROBE_PAUSE_NANOS = 50_000_000L;

  private final Plan plan;
  private final PathShape shape;
  private final PathEstimates estimates;
  private final ModeSwitch mode;
  private final ProbeRate probes;
  private final Calibration calibration = new Calibration();
  private final int[] streaks = new int[RequestClass.COUNT]; // probes in a row in time
  private final AtomicLongArray[] verdicts; // by tier, by verdict
  private final AtomicLongArray[] turnedOut; // by tier: would-be refusals in time, and not

  public Admission(
      Plan plan, PathShape shape, PathEstimates estimates, ModeSwitch mode, NanoClock clock) {
    this.plan = plan;
    this.shape = shape;
    this.estimates = estimates;
    this.mode = mode;
    this.probes = new ProbeRate(PROBE_PAUSE_NANOS, clock.nanoTime());
    int tiers = Tier.values().length;
    this.verdicts = new AtomicLongArray[tiers];
    this.turnedOut = new AtomicLongArray[tiers];
    for (int tier = 0; tier < tiers; tier++) {
      verdicts[tier] = new AtomicLongArray(Verdict.values().length);
      turnedOut[tier] = new AtomicLongArray(2);
    }
  }

  /** How likely a request of that tier must be in time to be let in. */
  public static double threshold(Tier tier) {
    return switch (tier) {
      case ENTERPRISE -> 0.95;
      case PRO -> 0.90;
      case FREE -> 0.50;
    };
  }

  /**
   * What was decided of one request.
   *
   * @param verdict what is done
   * @param judged what would be done if the mode were to enforce; the same when it is
   * @param predicted the probability that the whole path fits; negative when too little was known
   */
  public record Decision(Verdict verdict, Verdict judged, double predicted) {

    static final Decision UNJUDGED = new Decision(Verdict.FULL, Verdict.FULL, -1);
  }

  /**
   * Judges a request.
   *
   * @param roomNanos until its deadline, less what waits before it and what its response takes
   * @param mayProbe whether the way is free for a probe, which would otherwise measure the queue
   * @param lastedNanos how long requests lately took on their path, at most; {@link #UNKNOWN} when
   *     there was none
   */
  public Decision judge(
      int requestClass, long roomNanos, boolean mayProbe, long lastedNanos, long nowNanos) {
    if (mode.mode() == Mode.OFF) {
      return Decision.UNJUDGED;
    }
    double predicted = estimates.probability(requestClass, true, roomNanos, nowNanos);
    Verdict judged = verdict(requestClass, roomNanos, predicted, lastedNanos, nowNanos);
    Verdict verdict = judged;
    if (mode.mode() == Mode.OBSERVE) {
      verdict = Verdict.FULL;
    } else if (judged != Verdict.FULL && mayProbe && roomNanos > 0 && probes.take(nowNanos)) {
      verdict = Verdict.PROBE;
    }
    count(verdicts[RequestClass.tierOf(requestClass).ordinal()], verdict.ordinal());
    return new Decision(verdict, judged, predicted);
  }

  /**
   * Judges a request again that was let in and has waited since. A probe stays one, and where too
   * little is known nobody is turned away who was let in: the plan's lines are what the path may
   * take, not what it takes.
   *
   * @param roomNanos as in {@link #judge}
   */
  public Decision reconsider(int requestClass, Decision before, long roomNanos, long nowNanos) {
    if (before.verdict() == Verdict.PROBE) {
      return before;
    }
    double predicted = estimates.probability(requestClass, true, roomNanos, nowNanos);
    if (predicted < 0 && roomNanos > 0) {
      return before;
    }
    Verdict verdict = verdict(requestClass, roomNanos, predicted, UNKNOWN, nowNanos);
    if (verdict != before.verdict()) {
      count(verdicts[RequestClass.tierOf(requestClass).ordinal()], verdict.ordinal());
    }
    return new Decision(verdict, verdict, predicted);
  }

  private Verdict verdict(
      int requestClass, long roomNanos, double predicted, long lastedNanos, long nowNanos) {
    // With the last hop as slow as that, more than half would have spent their time for nothing.
    long last = estimates.hopMedianNanos(requestClass, shape.lastLine(), nowNanos);
    if (roomNanos <= 0 || last > roomNanos) {
      return Verdict.REFUSE;
    }
    double threshold = threshold(RequestClass.tierOf(requestClass));
    boolean lasted = lastedNanos >= 0 && lastedNanos <= roomNanos;
    double full = predicted >= 0 ? predicted : lasted ? 1 : byPlan(requestClass, false, roomNanos);
    if (full >= threshold) {
      return Verdict.FULL;
    }
    double known = estimates.probability(requestClass, false, roomNanos, nowNanos);
    double minimal = known < 0 ? byPlan(requestClass, true, roomNanos) : known;
    return minimal >= threshold ? Verdict.MINIMAL : Verdict.REFUSE;
  }

  /** 1 when the configured lines of the hops fit, else 0. */
  private double byPlan(int requestClass, boolean minimal, long roomNanos) {
    long needed = 0;
    for (PathShape.Step step : shape.hops()) {
      if (!minimal || step.mandatory()) {
        needed += plan.lineNanos(RequestClass.tierOf(requestClass), step.line());
      }
    }
    return needed <= roomNanos ? 1 : 0;
  }

  /**
   * A request that was let in has ended.
   *
   * @param nanos from where its path began to its answer, or to where it was given up on
   * @param answered whether there was an answer
   * @param inTime whether it was there when it was promised for
   */
  public void concluded(
      int requestClass, Decision decision, long nanos, boolean answered, boolean inTime) {
    boolean full = decision.verdict() != Verdict.MINIMAL;
    if (decision.verdict() == Verdict.PROBE) {
      streaks[requestClass] = answered && inTime ? streaks[requestClass] + 1 : 0;
      if (streaks[requestClass] >= STREAK) {
        streaks[requestClass] = 0;
        estimates.forget(requestClass);
      }
    }
    if (answered) {
      estimates.answered(requestClass, full, nanos);
    } else {
      estimates.unanswered(requestClass, full, nanos);
    }
    if (full && decision.predicted() >= 0) {
      calibration.record(decision.predicted(), answered && inTime);
    }
    if (decision.judged() != decision.verdict()) {
      count(turnedOut[RequestClass.tierOf(requestClass).ordinal()], answered && inTime ? 0 : 1);
    }
  }

  private static void count(AtomicLongArray counts, int index) {
    counts.lazySet(index, counts.get(index) + 1);
  }

  /** How often that was decided. */
  public long count(Tier tier, Verdict verdict) {
    return verdicts[tier.ordinal()].get(verdict.ordinal());
  }

  /** Requests let in against the estimate, by a probe or by the mode, that were in time or not. */
  public long wronglyJudged(Tier tier, boolean inTime) {
    return turnedOut[tier.ordinal()].get(inTime ? 0 : 1);
  }

  public Calibration calibration() {
    return calibration;
  }
}
