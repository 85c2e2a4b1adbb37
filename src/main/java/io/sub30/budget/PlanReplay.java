package io.sub30.budget;

import java.util.Arrays;

/**
 * How often recorded ledgers would have overrun a plan, judged as a {@link BudgetTracker} judges.
 * What the hops spent is taken as it was: a plan moves the marks, not the times.
 */
public final class PlanReplay {

  private final long[] violations; // by line
  private final long[] warnings; // by line
  private long violatedRequests;
  private long totalViolations;

  private PlanReplay(int lines) {
    violations = new long[lines];
    warnings = new long[lines];
  }

  /**
   * Judges every ledger of the sample.
   *
   * @throws IllegalArgumentException when the plan has other lines
   */
  public static PlanReplay of(Plan plan, LedgerSample sample) {
    sample.accept(plan);
    PlanReplay replay = new PlanReplay(plan.size());
    for (int ledger = 0; ledger < sample.size(); ledger++) {
      replay.judge(plan, sample, ledger);
    }
    return replay;
  }

  private void judge(Plan plan, LedgerSample sample, int ledger) {
    Tier tier = sample.tier(ledger);
    boolean violated = false;
    for (int line = 0; line < violations.length; line++) {
      if (!sample.asked(ledger, line)) {
        continue;
      }
      AlertLevel level = AlertLevel.of(sample.spentNanos(ledger, line), plan.lineNanos(tier, line));
      if (level.compareTo(AlertLevel.CRITICAL) >= 0) {
        violations[line]++;
        violated = true;
      }
      if (level != AlertLevel.NONE) {
        warnings[line]++;
      }
    }
    if (violated) {
      violatedRequests++;
    }
    if (sample.totalNanos(ledger) > plan.totalNanos(tier)) {
      totalViolations++;
    }
  }

  /** How often that line spent more than its budget. */
  public long violations(int line) {
    return violations[line];
  }

  /** How often lines spent more than their budget, all lines together. */
  public long violations() {
    return Arrays.stream(violations).sum();
  }

  /** How often lines spent more than 80 % of their budget, all lines together. */
  public long warnings() {
    return Arrays.stream(warnings).sum();
  }

  /** Requests in which at least one line spent more than its budget. */
  public long violatedRequests() {
    return violatedRequests;
  }

  /** Requests that took more than their tier's total, which no split can change. */
  public long totalViolations() {
    return totalViolations;
  }
}
