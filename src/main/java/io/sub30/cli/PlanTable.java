package io.sub30.cli;

import io.sub30.budget.LedgerFigures;
import io.sub30.budget.LedgerSample;
import io.sub30.budget.Plan;
import io.sub30.budget.PlanReplay;
import java.time.Instant;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * A plan, what recorded ledgers spent of it, and the plan proposed instead: as a table, as YAML.
 */
final class PlanTable {

  private static final String HEAD = "%n%-18s %9s %9s %9s %9s %7s %9s %10s %9s %10s%n";
  private static final String ROW = "%-18s %9s %9.3f %9.3f %9.3f %6.1f%% %9.3f %10d %9s %10d%n";

  private final Plan now;
  private final Plan then;
  private final LedgerSample sample;

  PlanTable(Plan now, Plan then, LedgerSample sample) {
    this.now = now;
    this.then = then;
    this.sample = sample;
  }

  /** The table and the totals. */
  String text() {
    LedgerFigures figures = LedgerFigures.of(now, sample);
    PlanReplay replayNow = PlanReplay.of(now, sample);
    PlanReplay replayThen = PlanReplay.of(then, sample);
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            HEAD,
            "line",
            "budget ms",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "share",
            "slack ms",
            "violations",
            "proposed",
            "then"));
    for (int line = 0; line < now.size(); line++) {
      text.append(
          row(
              now.name(line),
              new Budgets(nanos(now, line), nanos(then, line)),
              figures.spent(line),
              figures.share(line),
              new Counts(replayNow.violations(line), replayThen.violations(line))));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%-18s %9s %9s %9s %9s %6.1f%%%n",
            "unattributed",
            "",
            "",
            "",
            "",
            100 * figures.unattributedShare()));
    text.append(
        row(
            "total",
            new Budgets(now.totalNanos(), then.totalNanos()),
            figures.total(),
            1,
            new Counts(replayNow.totalViolations(), replayThen.totalViolations())));
    return text.append(totals(replayNow, replayThen)).toString();
  }

  /** Of a line, now and in the proposal, in nanoseconds. */
  private record Budgets(long nowNanos, long thenNanos) {}

  /** How often it was violated, now and in the proposal. */
  private record Counts(long now, long then) {}

  private static String row(
      String name, Budgets budgets, Histogram spent, double share, Counts violations) {
    double p99 = millis(spent, 99);
    return String.format(
        Locale.ROOT,
        ROW,
        name,
        millis(budgets.nowNanos()),
        millis(spent, 50),
        millis(spent, 95),
        p99,
        100 * share,
        budgets.nowNanos() / 1e6 - p99,
        violations.now(),
        millis(budgets.thenNanos()),
        violations.then());
  }

  private String totals(PlanReplay replayNow, PlanReplay replayThen) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%n%d requests from %s to %s%n",
            sample.size(),
            Instant.ofEpochMilli(sample.earliestMillis()),
            Instant.ofEpochMilli(sample.latestMillis())));
    text.append(
        String.format(
            Locale.ROOT,
            "violated lines: now %d, then %d%n",
            replayNow.violations(),
            replayThen.violations()));
    text.append(
        String.format(
            Locale.ROOT,
            "requests with at least one violated line: now %d, then %d%n",
            replayNow.violatedRequests(),
            replayThen.violatedRequests()));
    text.append(
        String.format(
            Locale.ROOT,
            "lines above 80 %% of their budget: now %d, then %d%n",
            replayNow.warnings(),
            replayThen.warnings()));
    if (sample.late() > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              "%d hops were given up on: they count with what they had spent by then%n",
              sample.late()));
    }
    if (then.lines().equals(now.lines())) {
      text.append(String.format("no split does better than the present one%n"));
    }
    return text.toString();
  }

  /** The proposal as a configuration file. */
  static String yaml(Plan plan) {
    StringBuilder yaml = new StringBuilder("budget:\n");
    yaml.append("  total: ").append(duration(plan.totalNanos())).append("\n  lines:\n");
    for (int line = 0; line < plan.size(); line++) {
      yaml.append("    ")
          .append(plan.name(line))
          .append(": ")
          .append(duration(nanos(plan, line)))
          .append('\n');
    }
    return yaml.toString();
  }

  private static String duration(long nanos) {
    return nanos % 1_000_000 == 0 ? nanos / 1_000_000 + "ms" : nanos / 1_000 + "us";
  }

  private static long nanos(Plan plan, int line) {
    return plan.lines().get(line).budget().toNanos();
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, nanos % 100_000 == 0 ? "%.1f" : "%.3f", nanos / 1e6);
  }

  private static double millis(Histogram histogram, double percentile) {
    return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percentile) / 1e6;
  }
}
