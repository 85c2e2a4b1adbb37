package io.sub30.ops;

import io.sub30.budget.AlertLevel;
import io.sub30.budget.BudgetReport;
import io.sub30.budget.Measure;
import io.sub30.budget.Plan;
import io.sub30.budget.RequestOutcome;
import io.sub30.budget.Tier;
import io.sub30.budget.WastedTime;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/**
 * What {@code /budget} answers: of each tier and hop since the start how long it waited, worked and
 * took together, against what it was allotted. Times are whole microseconds; a share of 1 is the
 * whole budget.
 */
final class BudgetView {

  /** End to end, in microseconds: P50 under 15 ms, P95 under 25 ms, P99 under 30 ms. */
  private static final double[][] TARGETS = {{50, 15_000}, {95, 25_000}, {99, 30_000}};

  private BudgetView() {}

  static JsonObject of(BudgetReport report, BudgetSources sources, WastedTime wasted) {
    EnforcementView enforcement = new EnforcementView(report.plan(), sources.lanes().get());
    JsonArray tiers = new JsonArray();
    for (int t = Tier.values().length - 1; t >= 0; t--) {
      tiers.add(tier(report, enforcement, Tier.ofOrdinal(t)));
    }
    return new JsonObject()
        .put("total_us", micros(report.plan().totalNanos()))
        .put("mode", sources.mode().mode().label())
        .put("tiers", tiers)
        .put("calibration", enforcement.calibration())
        .put("wasted", enforcement.wasted(wasted));
  }

  private static JsonObject tier(BudgetReport report, EnforcementView enforcement, Tier tier) {
    Plan plan = report.plan();
    Histogram total = report.total(tier);
    long budgetNanos = plan.totalNanos(tier);
    JsonObject outcomes = new JsonObject();
    for (RequestOutcome outcome : RequestOutcome.values()) {
      outcomes.put(outcome.label(), report.total(tier, outcome).getTotalCount());
    }
    JsonArray hops = new JsonArray();
    for (int line = 0; line < plan.size(); line++) {
      hops.add(hop(report, enforcement, tier, line));
    }
    JsonObject json =
        new JsonObject()
            .put("tier", tier.label())
            .put("budget_us", micros(budgetNanos))
            .put("count", total.getTotalCount())
            .put("outcomes", outcomes)
            .put("spent_us", percentiles(total));
    addShares(json, total, budgetNanos);
    return json.put("within_budget", within(total, budgetNanos))
        .put("targets", targets(total))
        .put("violations", violations(level -> report.totalViolations(tier, level)))
        .put("debt_us", micros(report.totalDebtNanos(tier)))
        .put("in_flight", enforcement.inFlight(tier, plan.size()))
        .put("admission", enforcement.admission(tier))
        .put("hops", hops);
  }

  private static JsonObject hop(
      BudgetReport report, EnforcementView enforcement, Tier tier, int line) {
    Histogram spent = report.hop(tier, line, Measure.SPENT);
    long budgetNanos = report.plan().lineNanos(tier, line);
    JsonObject json =
        new JsonObject()
            .put("hop", report.plan().name(line))
            .put("budget_us", micros(budgetNanos))
            .put("count", spent.getTotalCount());
    for (Measure measure : Measure.values()) {
      json.put(measure.label() + "_us", percentiles(report.hop(tier, line, measure)));
    }
    addShares(json, spent, budgetNanos);
    return json.put("violations", violations(level -> report.violations(tier, line, level)))
        .put("debt_us", micros(report.debtNanos(tier, line)))
        .put("in_flight", enforcement.inFlight(tier, line));
  }

  private static JsonObject percentiles(Histogram nanos) {
    return new JsonObject()
        .put("p50", micros(nanos.getValueAtPercentile(50)))
        .put("p95", micros(nanos.getValueAtPercentile(95)))
        .put("p99", micros(nanos.getValueAtPercentile(99)))
        .put("max", micros(nanos.getMaxValue()));
  }

  private static void addShares(JsonObject json, Histogram nanos, long budgetNanos) {
    json.put("share_p99", share(nanos.getValueAtPercentile(99), budgetNanos))
        .put("utilisation", share(nanos.getMean(), budgetNanos));
  }

  private static JsonArray targets(Histogram total) {
    JsonArray targets = new JsonArray();
    for (double[] target : TARGETS) {
      long micros = micros(total.getValueAtPercentile(target[0]));
      JsonObject json =
          new JsonObject()
              .put("percentile", (int) target[0])
              .put("target_us", (long) target[1])
              .put("actual_us", micros);
      if (total.getTotalCount() > 0) {
        json.put("met", micros < target[1]);
      } else {
        json.putNull("met"); // of nothing one cannot say that it was in time
      }
      targets.add(json);
    }
    return targets;
  }

  private static JsonObject violations(ToLongFunction<AlertLevel> count) {
    JsonObject json = new JsonObject();
    for (AlertLevel level : AlertLevel.values()) {
      if (level != AlertLevel.NONE) {
        json.put(level.label(), count.applyAsLong(level));
      }
    }
    return json;
  }

  private static double within(Histogram nanos, long budgetNanos) {
    long count = nanos.getTotalCount();
    return count == 0 ? 1 : share(nanos.getCountBetweenValues(0, budgetNanos), count);
  }

  private static double share(double part, double whole) {
    return Math.rint(part / whole * 10_000) / 10_000;
  }

  private static long micros(long nanos) {
    return Math.round(nanos / 1e3);
  }
}
