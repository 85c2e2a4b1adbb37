package io.sub30.budget;

import java.util.Arrays;
import org.HdrHistogram.Histogram;

/**
 * What one or several trackers have recorded: histograms in nanoseconds and counts of violations,
 * by tier and line. Filled by {@link BudgetTracker#collect} and then read, by one thread.
 */
public final class BudgetReport {

  private final Plan plan;
  private final Histogram[][][] hops; // by tier, by line, by measure
  private final Histogram[] totals;
  private final long[][][] violations;

  public BudgetReport(Plan plan) {
    this.plan = plan;
    int tiers = Tier.values().length;
    hops = new Histogram[tiers][plan.size()][Measure.values().length];
    totals = new Histogram[tiers];
    violations = new long[tiers][plan.size() + 1][AlertLevel.values().length];
    for (int t = 0; t < tiers; t++) {
      totals[t] = emptyHistogram();
      for (int line = 0; line < plan.size(); line++) {
        Arrays.setAll(hops[t][line], measure -> emptyHistogram());
      }
    }
  }

  static Histogram emptyHistogram() {
    return BudgetTracker.histogram();
  }

  void add(Tier tier, int line, Measure measure, Histogram histogram) {
    hops[tier.ordinal()][line][measure.ordinal()].add(histogram);
  }

  void addTotal(Tier tier, Histogram total) {
    totals[tier.ordinal()].add(total);
  }

  void addViolations(Tier tier, int line, long[] byLevel) {
    for (int level = 0; level < byLevel.length; level++) {
      violations[tier.ordinal()][line][level] += byLevel[level];
    }
  }

  public Plan plan() {
    return plan;
  }

  /** What was measured of that hop, in nanoseconds. */
  public Histogram hop(Tier tier, int line, Measure measure) {
    return hops[tier.ordinal()][line][measure.ordinal()];
  }

  /** Whole requests, in nanoseconds. */
  public Histogram total(Tier tier) {
    return totals[tier.ordinal()];
  }

  /** How often the line reached exactly that level (a request counts at its highest level only). */
  public long violations(Tier tier, int line, AlertLevel level) {
    return violations[tier.ordinal()][line][level.ordinal()];
  }

  /** How often whole requests reached exactly that level. */
  public long totalViolations(Tier tier, AlertLevel level) {
    return violations[tier.ordinal()][plan.size()][level.ordinal()];
  }
}
