package io.sub30.cli;

import io.sub30.client.Answer;
import io.sub30.client.Pace;
import io.sub30.client.ReplayOutcome;
import io.sub30.client.ReplayPlan;
import io.sub30.client.ReplayProgress;
import io.sub30.client.ReplayReport;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** A replay in words. */
final class ReplaySummary {
  private ReplaySummary() {}

  /** One line while it runs. */
  static String line(ReplayProgress now) {
    return String.format(
        Locale.ROOT,
        "%d s, sent %d, ok %d, refused %d, errors %d",
        now.elapsedMillis() / 1_000,
        now.sent(),
        now.ok(),
        now.refused(),
        now.errors());
  }

  /** The table at the end. */
  static String table(ReplayPlan plan, ReplayReport report) {
    ReplayReport.Latency latency = report.latency();
    StringBuilder table = new StringBuilder();
    row(table, "load", load(plan));
    row(
        table,
        "batches",
        "sent %d, ok %d, duplicate %d, degraded %d, refused %d, errors %d, retried %d",
        report.sent(),
        report.ok(),
        report.duplicate(),
        report.degraded(),
        report.refused(),
        report.errors(),
        report.retried());
    row(table, "ticks", "accepted %d, rejected %d", report.acceptedTicks(), report.rejectedTicks());
    row(table, "answers", "predictions %d, signals %d", report.predictions(), report.signals());
    row(table, "throughput", "%.1f batches/s", report.batchesPerSecond());
    row(
        table,
        "latency",
        "p50 %.3f, p95 %.3f, p99 %.3f, p99.9 %.3f, max %.3f ms from %s",
        latency.p50() / 1e3,
        latency.p95() / 1e3,
        latency.p99() / 1e3,
        latency.p999() / 1e3,
        latency.max() / 1e3,
        open(plan) ? "the intended start" : "sending (closed loop)");
    if (open(plan)) {
      row(
          table,
          "generator",
          "late by %.3f ms at p99, included above",
          report.pacingP99Micros() / 1e3);
    }
    row(table, "status", "%s", counts(report.byStatus()));
    return table.toString();
  }

  /** Why the replay is not a success; empty when it is. */
  static String failure(ReplayOutcome outcome) {
    ReplayReport report = outcome.report();
    if (report.sent() == 0) {
      return "nothing was sent: there are no ticks to replay";
    }
    if (report.clean()) {
      return "";
    }
    return String.format(
        Locale.ROOT,
        "%d batches refused, %d without a good answer (%s); the first: %s",
        report.refused(),
        report.errors(),
        counts(report.byCode()),
        outcome.firstFailure().map(Answer::summary).orElse("unknown"));
  }

  private static String load(ReplayPlan plan) {
    String pace = "as fast as answered, closed loop";
    if (plan.pace() instanceof Pace.Rate rate) {
      pace = String.format(Locale.ROOT, "%s batches/s, open loop", number(rate.batchesPerSecond()));
    } else if (plan.pace() instanceof Pace.Speed speed) {
      pace = String.format(Locale.ROOT, "%s times real time, open loop", number(speed.factor()));
    }
    return String.format(
        Locale.ROOT,
        "%d connections, %s, %s, %d ticks a batch, %s",
        plan.connections(),
        plan.transport().name().toLowerCase(Locale.ROOT),
        plan.encoding().name().toLowerCase(Locale.ROOT),
        plan.batch(),
        pace);
  }

  private static boolean open(ReplayPlan plan) {
    return !(plan.pace() instanceof Pace.AsFastAsAnswered);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }

  private static String counts(Map<?, Long> counts) {
    StringJoiner joined = new StringJoiner(", ");
    counts.forEach(
        (key, count) -> joined.add((key.equals(0) ? "no answer" : key.toString()) + ": " + count));
    return joined.length() == 0 ? "none" : joined.toString();
  }

  private static void row(StringBuilder table, String name, String format, Object... values) {
    table.append(String.format(Locale.ROOT, "%-11s", name));
    table.append(values.length == 0 ? format : String.format(Locale.ROOT, format, values));
    table.append(System.lineSeparator());
  }
}
