package io.sub30.ops;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import io.sub30.budget.AlertLevel;
import io.sub30.budget.BudgetReport;
import io.sub30.budget.Measure;
import io.sub30.budget.Plan;
import io.sub30.budget.RequestOutcome;
import io.sub30.budget.Tier;
import io.sub30.budget.Violation;
import java.util.List;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * Shows our histograms to Prometheus when it scrapes, so that recording costs a lane nothing more.
 *
 * <p>An HdrHistogram's own buckets are up to 1 % wide; one that reaches over a Prometheus bound is
 * counted above it, so a bound never flatters.
 */
final class BudgetMetrics implements MultiCollector {

  static final String HOP = "sub30_hop_seconds";
  static final String REQUEST = "sub30_request_seconds";
  static final String VIOLATIONS = "sub30_budget_violations";
  static final String DEBT = "sub30_budget_debt_seconds";
  static final String UTILISATION = "sub30_budget_utilisation_ratio";

  /** The budget's own figures (1 to 8 ms a hop, 30, 100, 1000 ms a request) are bounds. */
  private static final double[] BOUNDS_SECONDS = {
    0.000_01,
    0.000_05,
    0.000_1,
    0.000_25,
    0.000_5,
    0.001,
    0.002,
    0.003,
    0.004,
    0.005,
    0.008,
    0.015,
    0.025,
    0.03,
    0.045,
    0.1,
    0.25,
    1,
    2.5,
    10,
    Double.POSITIVE_INFINITY
  };

  private final Supplier<BudgetReport> reports;

  BudgetMetrics(Supplier<BudgetReport> reports) {
    this.reports = reports;
  }

  @Override
  public MetricSnapshots collect() {
    BudgetReport report = reports.get();
    HistogramSnapshot.Builder hops =
        HistogramSnapshot.builder()
            .name(HOP)
            .unit(Unit.SECONDS)
            .help("Time of one hop of a request: waiting both ways, or being served.");
    HistogramSnapshot.Builder requests =
        HistogramSnapshot.builder()
            .name(REQUEST)
            .unit(Unit.SECONDS)
            .help("Time of whole requests, by how they ended.");
    CounterSnapshot.Builder violations =
        CounterSnapshot.builder()
            .name(VIOLATIONS)
            .help("Budgets used beyond 80, 100 or 150 %, at the highest level reached.");
    for (Tier tier : Tier.values()) {
      addHops(report, tier, hops, violations);
      for (RequestOutcome outcome : RequestOutcome.values()) {
        requests.dataPoint(
            histogram(
                report.total(tier, outcome),
                Labels.of("tier", tier.label(), "outcome", outcome.label())));
      }
    }
    return new MetricSnapshots(
        hops.build(), requests.build(), violations.build(), debts(report), utilisation(report));
  }

  @Override
  public List<String> getPrometheusNames() {
    return List.of(HOP, REQUEST, VIOLATIONS, DEBT, UTILISATION);
  }

  private static void addHops(
      BudgetReport report,
      Tier tier,
      HistogramSnapshot.Builder hops,
      CounterSnapshot.Builder violations) {
    Plan plan = report.plan();
    for (int line = 0; line < plan.size(); line++) {
      String hop = plan.name(line);
      for (Measure measure : List.of(Measure.WAIT, Measure.SERVICE)) {
        hops.dataPoint(
            histogram(
                report.hop(tier, line, measure),
                Labels.of("hop", hop, "tier", tier.label(), "kind", measure.label())));
      }
      for (AlertLevel level : AlertLevel.values()) {
        if (level != AlertLevel.NONE) {
          violations.dataPoint(counter(hop, tier, level, report.violations(tier, line, level)));
        }
      }
    }
    for (AlertLevel level : AlertLevel.values()) {
      if (level != AlertLevel.NONE) {
        violations.dataPoint(counter("total", tier, level, report.totalViolations(tier, level)));
      }
    }
  }

  private static CounterDataPointSnapshot counter(
      String hop, Tier tier, AlertLevel level, long count) {
    return CounterDataPointSnapshot.builder()
        .value(count)
        .labels(Labels.of("hop", hop, "tier", tier.label(), "level", level.label()))
        .build();
  }

  private static HistogramDataPointSnapshot histogram(Histogram nanos, Labels labels) {
    long[] counts = new long[BOUNDS_SECONDS.length];
    double sumSeconds = 0;
    int bucket = 0;
    for (HistogramIterationValue value : nanos.recordedValues()) {
      double upperSeconds = value.getValueIteratedTo() / 1e9;
      while (upperSeconds > BOUNDS_SECONDS[bucket]) {
        bucket++; // values come in rising order
      }
      counts[bucket] += value.getCountAtValueIteratedTo();
      sumSeconds +=
          nanos.medianEquivalentValue(value.getValueIteratedTo())
              / 1e9
              * value.getCountAtValueIteratedTo();
    }
    return HistogramDataPointSnapshot.builder()
        .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS_SECONDS, counts))
        .sum(sumSeconds)
        .labels(labels)
        .build();
  }

  private static CounterSnapshot debts(BudgetReport report) {
    Plan plan = report.plan();
    CounterSnapshot.Builder sums =
        CounterSnapshot.builder().name(DEBT).help("By how much budgets were overrun in all.");
    for (Tier tier : Tier.values()) {
      for (int line = 0; line < plan.size(); line++) {
        sums.dataPoint(seconds(plan.name(line), tier, report.debtNanos(tier, line)));
      }
      sums.dataPoint(seconds(Violation.TOTAL, tier, report.totalDebtNanos(tier)));
    }
    return sums.build();
  }

  private static CounterDataPointSnapshot seconds(String hop, Tier tier, long nanos) {
    return CounterDataPointSnapshot.builder()
        .value(nanos / 1e9)
        .labels(Labels.of("hop", hop, "tier", tier.label()))
        .build();
  }

  private static GaugeSnapshot utilisation(BudgetReport report) {
    GaugeSnapshot.Builder shares =
        GaugeSnapshot.builder()
            .name(UTILISATION)
            .help("Mean time of a request as a share of its tier's budget; 0.8 is the design.");
    for (Tier tier : Tier.values()) {
      Histogram total = report.total(tier);
      if (total.getTotalCount() > 0) {
        shares.dataPoint(
            GaugeDataPointSnapshot.builder()
                .value(total.getMean() / report.plan().totalNanos(tier))
                .labels(Labels.of("tier", tier.label()))
                .build());
      }
    }
    return shares.build();
  }
}
