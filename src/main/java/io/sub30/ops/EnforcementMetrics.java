package io.sub30.ops;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.sub30.budget.Admission;
import io.sub30.budget.AlertLevel;
import io.sub30.budget.Calibration;
import io.sub30.budget.ConcurrencyLimit;
import io.sub30.budget.LaneBudget;
import io.sub30.budget.Mode;
import io.sub30.budget.Plan;
import io.sub30.budget.Tier;
import io.sub30.budget.Violation;
import io.sub30.budget.WastedTime;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/** What keeping the budget came to, for Prometheus: the same figures as {@link EnforcementView}. */
final class EnforcementMetrics implements MultiCollector {

  private final Plan plan;
  private final BudgetSources sources;
  private final WastedTime wasted;

  EnforcementMetrics(Plan plan, BudgetSources sources, WastedTime wasted) {
    this.plan = plan;
    this.sources = sources;
    this.wasted = wasted;
  }

  @Override
  public MetricSnapshots collect() {
    EnforcementView view = new EnforcementView(plan, sources.lanes().get());
    return new MetricSnapshots(
        mode(),
        admissions(view),
        againstEstimate(view),
        turnedAway(),
        lanes(
            "sub30_lane_limit",
            "Batches that may be on their path at once on a lane.",
            ConcurrencyLimit::limit),
        lanes(
            "sub30_lane_under_way",
            "Batches that are on their path on a lane.",
            ConcurrencyLimit::underWay),
        underWay(view),
        wastedTime(),
        predicted(view),
        inTime(view));
  }

  @Override
  public List<String> getPrometheusNames() {
    return List.of(
        "sub30_budget_mode",
        "sub30_admissions",
        "sub30_admissions_against_estimate",
        "sub30_lane_refusals",
        "sub30_lane_limit",
        "sub30_lane_under_way",
        "sub30_in_flight_alerts",
        "sub30_wasted_seconds",
        "sub30_predicted_requests",
        "sub30_predicted_requests_in_time");
  }

  private GaugeSnapshot mode() {
    GaugeSnapshot.Builder modes =
        GaugeSnapshot.builder().name("sub30_budget_mode").help("1 for the mode that is on.");
    for (Mode mode : Mode.values()) {
      modes.dataPoint(
          gauge(sources.mode().mode() == mode ? 1 : 0, Labels.of("mode", mode.label())));
    }
    return modes.build();
  }

  private static CounterSnapshot admissions(EnforcementView view) {
    CounterSnapshot.Builder counts =
        counter("sub30_admissions", "Batches by what was decided before they began.");
    for (Tier tier : Tier.values()) {
      for (Admission.Verdict verdict : Admission.Verdict.values()) {
        counts.dataPoint(
            count(
                view.admitted(tier, verdict),
                Labels.of("tier", tier.label(), "verdict", EnforcementView.label(verdict))));
      }
    }
    return counts.build();
  }

  private static CounterSnapshot againstEstimate(EnforcementView view) {
    CounterSnapshot.Builder counts =
        counter(
            "sub30_admissions_against_estimate",
            "Batches let in although they were expected not to fit, by whether they did.");
    for (Tier tier : Tier.values()) {
      for (boolean inTime : new boolean[] {true, false}) {
        counts.dataPoint(
            count(
                view.againstEstimate(tier, inTime),
                Labels.of("tier", tier.label(), "in_time", Boolean.toString(inTime))));
      }
    }
    return counts.build();
  }

  private CounterSnapshot turnedAway() {
    CounterSnapshot.Builder counts =
        counter("sub30_lane_refusals", "Batches turned away because a lane had its limit.");
    List<LaneBudget> lanes = sources.lanes().get();
    for (int i = 0; i < lanes.size(); i++) {
      counts.dataPoint(count(lanes.get(i).concurrency().refused(), lane(i)));
    }
    return counts.build();
  }

  private GaugeSnapshot lanes(String name, String help, ToIntFunction<ConcurrencyLimit> figure) {
    GaugeSnapshot.Builder gauges = GaugeSnapshot.builder().name(name).help(help);
    List<LaneBudget> lanes = sources.lanes().get();
    for (int i = 0; i < lanes.size(); i++) {
      gauges.dataPoint(gauge(figure.applyAsInt(lanes.get(i).concurrency()), lane(i)));
    }
    return gauges.build();
  }

  private static Labels lane(int index) {
    return Labels.of("lane", Integer.toString(index));
  }

  private CounterSnapshot underWay(EnforcementView view) {
    CounterSnapshot.Builder counts =
        counter(
            "sub30_in_flight_alerts",
            "Hops and whole requests that reached a share of their budget while under way.");
    for (Tier tier : Tier.values()) {
      for (int line = 0; line <= plan.size(); line++) {
        for (AlertLevel level : AlertLevel.values()) {
          if (level != AlertLevel.NONE) {
            counts.dataPoint(
                count(
                    view.reached(tier, line, level),
                    Labels.of("hop", name(line), "tier", tier.label(), "level", level.label())));
          }
        }
      }
    }
    return counts.build();
  }

  private String name(int line) {
    return line == plan.size() ? Violation.TOTAL : plan.name(line);
  }

  private CounterSnapshot wastedTime() {
    CounterSnapshot.Builder sums =
        counter("sub30_wasted_seconds", "Work of hops whose answer nobody waited for any more.");
    for (int line = 0; line < plan.size(); line++) {
      sums.dataPoint(count(wasted.nanos(line) / 1e9, Labels.of("hop", plan.name(line))));
    }
    return sums.build();
  }

  private static CounterSnapshot predicted(EnforcementView view) {
    CounterSnapshot.Builder counts =
        counter("sub30_predicted_requests", "Batches by their predicted chance to be in time.");
    for (int bin = 0; bin < Calibration.BINS; bin++) {
      counts.dataPoint(count(view.calibrated(bin), Labels.of("chance", chance(bin))));
    }
    return counts.build();
  }

  private static CounterSnapshot inTime(EnforcementView view) {
    CounterSnapshot.Builder counts =
        counter("sub30_predicted_requests_in_time", "Those of them that were in time.");
    for (int bin = 0; bin < Calibration.BINS; bin++) {
      counts.dataPoint(count(view.kept(bin), Labels.of("chance", chance(bin))));
    }
    return counts.build();
  }

  /** The least chance of a bin: 0.00 to 0.95. */
  private static String chance(int bin) {
    return String.format(Locale.ROOT, "%.2f", (double) bin / Calibration.BINS);
  }

  private static CounterSnapshot.Builder counter(String name, String help) {
    return CounterSnapshot.builder().name(name).help(help);
  }

  private static CounterDataPointSnapshot count(double value, Labels labels) {
    return CounterDataPointSnapshot.builder().value(value).labels(labels).build();
  }

  private static GaugeDataPointSnapshot gauge(double value, Labels labels) {
    return GaugeDataPointSnapshot.builder().value(value).labels(labels).build();
  }
}
