package io.sub30.cli;

import io.sub30.budget.AlertLevel;
import io.sub30.budget.BudgetReport;
import io.sub30.budget.Measure;
import io.sub30.budget.Plan;
import io.sub30.budget.Tier;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Where one tier's time went, hop by hop, as a table. */
final class BudgetTable {

  private static final String ROW = "%-18s %10s %9.3f %9.3f %9.3f %10d %8.1f %%%n";

  private BudgetTable() {}

  static String of(BudgetReport report, Tier tier) {
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            Locale.ROOT,
            "%n%-18s %10s %9s %9s %9s %10s %10s%n",
            "hop (" + tier.label() + ")",
            "budget ms",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "violations",
            "of budget"));
    Plan plan = report.plan();
    for (int line = 0; line < plan.size(); line++) {
      Histogram spent = report.hop(tier, line, Measure.SPENT);
      long violations =
          report.violations(tier, line, AlertLevel.CRITICAL)
              + report.violations(tier, line, AlertLevel.SLA_VIOLATION);
      table.append(row(plan.name(line), plan.lineNanos(tier, line), spent, violations));
    }
    long violations =
        report.totalViolations(tier, AlertLevel.CRITICAL)
            + report.totalViolations(tier, AlertLevel.SLA_VIOLATION);
    return table
        .append(row("total", plan.totalNanos(tier), report.total(tier), violations))
        .append('\n')
        .toString();
  }

  /** The share of the budget is that of the 99th percentile. */
  private static String row(String name, long budgetNanos, Histogram spent, long violations) {
    double p99 = millis(spent, 99);
    double budgetMillis = budgetNanos / 1e6;
    return String.format(
        Locale.ROOT,
        ROW,
        name,
        String.format(Locale.ROOT, "%.0f", budgetMillis),
        millis(spent, 50),
        millis(spent, 95),
        p99,
        violations,
        100 * p99 / budgetMillis);
  }

  private static double millis(Histogram histogram, double percentile) {
    return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percentile) / 1e6;
  }
}
