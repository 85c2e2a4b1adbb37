package io.sub30.budget;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/**
 * What one or several trackers have recorded: histograms in nanoseconds and counts of violations,
 * by tier and line. Filled by {@link BudgetTracker#collect} and then read, by one thread.
 */
public final class BudgetReport {

  private final Plan plan;
  private final Histogram[][][] hops; // by tier, by line, by measure
  private final Histogram[][] totals; // by tier, by outcome of the request
  private final long[][][] violations;
  private final long[][] debts; // by tier, by line

  public BudgetReport(Plan plan) {
    this.plan = plan;
    int tiers = Tier.values().length;
    hops = new Histogram[tiers][plan.size()][Measure.values().length];
    totals = new Histogram[tiers][RequestOutcome.values().length];
    violations = new long[tiers][plan.size() + 1][AlertLevel.values().length];
    debts = new long[tiers][plan.size() + 1];
    for (int t = 0; t < tiers; t++) {
      Arrays.setAll(totals[t], outcome -> emptyHistogram());
      for (int line = 0; line < plan.size(); line++) {
        Arrays.setAll(hops[t][line], measure -> emptyHistogram());
      }
    }
  }

  static Histogram emptyHistogram() {
    return DurationHistograms.histogram();
  }

  void addViolations(Tier tier, int line, AtomicLongArray byLevel) {
    for (int level = 0; level < byLevel.length(); level++) {
      violations[tier.ordinal()][line][level] += byLevel.get(level);
    }
  }

  void addDebt(Tier tier, int line, long nanos) {
    debts[tier.ordinal()][line] += nanos;
  }

  public Plan plan() {
    return plan;
  }

  /** What was measured of that hop, in nanoseconds. */
  public Histogram hop(Tier tier, int line, Measure measure) {
    return hops[tier.ordinal()][line][measure.ordinal()];
  }

  /** Whole requests that ended so, in nanoseconds. */
  public Histogram total(Tier tier, RequestOutcome outcome) {
    return totals[tier.ordinal()][outcome.ordinal()];
  }

  /**
   * Whole requests, in nanoseconds, however they ended; but for those refused, whose quick answers
   * would flatter the figures.
   */
  public Histogram total(Tier tier) {
    Histogram served = emptyHistogram();
    for (RequestOutcome outcome : RequestOutcome.values()) {
      if (outcome != RequestOutcome.REFUSED) {
        served.add(total(tier, outcome));
      }
    }
    return served;
  }

  /** How often the line reached exactly that level (a request counts at its highest level only). */
  public long violations(Tier tier, int line, AlertLevel level) {
    return violations[tier.ordinal()][line][level.ordinal()];
  }

  /** How often whole requests reached exactly that level. */
  public long totalViolations(Tier tier, AlertLevel level) {
    return violations[tier.ordinal()][plan.size()][level.ordinal()];
  }

  /** By how much the line was overrun in all, nanoseconds: what it owes the others. */
  public long debtNanos(Tier tier, int line) {
    return debts[tier.ordinal()][line];
  }

  /** By how much whole requests were overrun in all, nanoseconds. */
  public long totalDebtNanos(Tier tier) {
    return debts[tier.ordinal()][plan.size()];
  }
}
