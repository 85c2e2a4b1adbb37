package io.sub30.budget;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Proposes the split of a plan's total that recorded ledgers would have violated least often.
 *
 * <p>A line is violated by a ledger when it spent more than its budget, scaled to the tier ({@link
 * AlertLevel#CRITICAL} or above). Budgets are multiples of {@link #STEP}, none below {@link
 * #LEAST}, and add up to the total. Among all such splits the proposal is one with
 *
 * <ol>
 *   <li>the fewest violations, all lines and ledgers together; of those
 *   <li>the fewest warnings (more than 80 % of the budget): spare time goes where it is needed; of
 *       those
 *   <li>the least time moved from line to line.
 * </ol>
 *
 * <p>Each of the three is a sum over the lines of something that depends on that line's budget
 * alone, so {@link SplitSearch} finds the best split exactly, not by trial. The proposal is then
 * replayed, and when it is no better than the present split (whose budgets need not be multiples of
 * the step) the present split is what is proposed: never a worse one.
 *
 * <p>A line that no ledger asked, as the contingency {@code network_buffer}, would look as if it
 * needed nothing. The ledgers say nothing of what it is worth, so it keeps what it has, or, if
 * less, the reserve the caller names; it is taken from further only when the other lines cannot
 * have {@link #LEAST} otherwise.
 *
 * <p>What the advice cannot know: a hop that was given up on counts with what it had spent by then,
 * and a server that gives a hop less time gives up on it sooner.
 */
public final class PlanAdvisor {

  /** Budgets are multiples of it: finer marks would follow the noise. */
  public static final Duration STEP = Duration.ofNanos(100_000);

  /** No line gets less: a pause of the machine is as long. */
  public static final Duration LEAST = Duration.ofNanos(500_000);

  /** The search takes the square of the steps; this many take about a second. */
  static final int MAX_STEPS = 10_000;

  private static final long STEP_NANOS = STEP.toNanos();
  private static final int LEAST_STEPS = (int) (LEAST.toNanos() / STEP_NANOS);

  /**
   * What is moved, in whole microseconds, is at most twice the total, below 2^21: it and the count
   * of warnings share one number.
   */
  private static final int MOVED_BITS = 22;

  private final Plan present;
  private final Duration reserve;
  private final int steps;

  /**
   * @param present the plan as it is
   * @param reserve what a line that nothing is known of keeps at least, should it have more
   * @throws IllegalArgumentException when the total is no multiple of the step, above 1 s, or
   *     cannot give every line {@link #LEAST}
   */
  public PlanAdvisor(Plan present, Duration reserve) {
    this.present = present;
    this.reserve = reserve;
    long nanos = present.totalNanos();
    if (nanos % STEP_NANOS != 0 || nanos / STEP_NANOS > MAX_STEPS) {
      throw new IllegalArgumentException(
          "a total of "
              + nanos / 1_000
              + " us cannot be split; it must be a multiple of 100 us, at most 1 s");
    }
    this.steps = (int) (nanos / STEP_NANOS);
    if (steps < present.size() * LEAST_STEPS) {
      throw new IllegalArgumentException(
          "a total of "
              + nanos / 1_000
              + " us cannot be split; "
              + present.size()
              + " lines of 500 us need "
              + present.size() * 500
              + " us");
    }
  }

  /**
   * The plan to have: the present one with other budgets, or the present one itself.
   *
   * @throws IllegalArgumentException when the ledgers are of other lines, naming both
   */
  public Plan propose(LedgerSample sample) {
    PlanReplay now = PlanReplay.of(present, sample);
    int[] least = least(sample);
    SplitSearch.Cost[] costs = new SplitSearch.Cost[present.size()];
    long[][] limits = limits();
    for (int line = 0; line < costs.length; line++) {
      costs[line] = cost(sample, line, least[line], limits);
    }
    Plan best = plan(SplitSearch.best(costs, steps));
    PlanReplay then = PlanReplay.of(best, sample);
    boolean better =
        then.violations() < now.violations()
            || (then.violations() == now.violations() && then.warnings() < now.warnings());
    return better ? best : present;
  }

  /** The fewest steps of every line. */
  private int[] least(LedgerSample sample) {
    int[] least = new int[present.size()];
    int sum = 0;
    for (int line = 0; line < least.length; line++) {
      Duration budget = present.lines().get(line).budget();
      Duration kept = reserve.compareTo(budget) < 0 ? reserve : budget;
      int keptSteps = (int) ((kept.toNanos() + STEP_NANOS - 1) / STEP_NANOS);
      least[line] = sample.asked(line) > 0 ? LEAST_STEPS : Math.max(LEAST_STEPS, keptSteps);
      sum += least[line];
    }
    for (int line = 0; line < least.length; line++) {
      int given = Math.min(Math.max(0, sum - steps), least[line] - LEAST_STEPS);
      least[line] -= given;
      sum -= given;
    }
    return least;
  }

  /** What so many steps are worth in each tier, in nanoseconds: by tier, by steps. */
  private long[][] limits() {
    long[][] limits = new long[Tier.values().length][steps + 1];
    for (Tier tier : Tier.values()) {
      for (int step = 0; step <= steps; step++) {
        limits[tier.ordinal()][step] =
            Plan.scaled(step * STEP_NANOS, present.totalNanos(), present.totalNanos(tier));
      }
    }
    return limits;
  }

  private SplitSearch.Cost cost(LedgerSample sample, int line, int least, long[][] limits) {
    long[] violations = new long[steps + 2]; // by the steps that would have done
    long[] warnings = new long[steps + 2];
    for (int ledger = 0; ledger < sample.size(); ledger++) {
      if (sample.asked(ledger, line)) {
        long spentNanos = sample.spentNanos(ledger, line);
        long[] limit = limits[sample.tier(ledger).ordinal()];
        violations[needed(spentNanos, limit, AlertLevel.CRITICAL)]++;
        warnings[needed(spentNanos, limit, AlertLevel.WARNING)]++;
      }
    }
    // From "these steps would have done" to "with these steps it is violated so often".
    long violated = violations[steps + 1];
    long warned = warnings[steps + 1];
    for (int step = steps; step >= 0; step--) {
      long nextViolated = violated + violations[step];
      long nextWarned = warned + warnings[step];
      violations[step] = violated;
      long moved = Math.abs(step * STEP_NANOS - presentNanos(line)) / 1_000;
      warnings[step] = (warned << MOVED_BITS) + moved;
      violated = nextViolated;
      warned = nextWarned;
    }
    return new SplitSearch.Cost(least, violations, warnings);
  }

  /** The fewest steps with which that time stays below the level; one more than all if none do. */
  private int needed(long spentNanos, long[] limit, AlertLevel level) {
    int low = 1;
    int high = steps + 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (AlertLevel.of(spentNanos, limit[middle]).compareTo(level) < 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private Plan plan(int[] shares) {
    List<Plan.Line> lines = new ArrayList<>(shares.length);
    for (int line = 0; line < shares.length; line++) {
      lines.add(new Plan.Line(present.name(line), STEP.multipliedBy(shares[line])));
    }
    return present.withLines(lines);
  }

  private long presentNanos(int line) {
    return present.lines().get(line).budget().toNanos();
  }
}
