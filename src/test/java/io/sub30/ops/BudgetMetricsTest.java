package io.sub30.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sub30.budget.BudgetReport;
import io.sub30.budget.BudgetTracker;
import io.sub30.budget.Ledger;
import io.sub30.budget.Outcome;
import io.sub30.budget.Plan;
import io.sub30.budget.Plans;
import io.sub30.budget.RequestOutcome;
import io.sub30.budget.Tier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BudgetMetricsTest {

  private static final int ML = 4;
  private static final String SERVICE =
      "sub30_hop_seconds_bucket{hop=\"ml_processing\",kind=\"service\",tier=\"pro\",le=";

  private final Plan plan = Plans.specified();
  private final BudgetTracker tracker = new BudgetTracker(plan, violation -> {});
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @BeforeEach
  void register() {
    registry
        .getPrometheusRegistry()
        .register(
            new BudgetMetrics(
                () -> {
                  BudgetReport report = new BudgetReport(plan);
                  tracker.collect(report);
                  return report;
                }));
  }

  @Test
  void scrape_nothingRecorded_hasEverySeriesAtZero() {
    assertThat(registry.scrape())
        .contains("# TYPE sub30_hop_seconds histogram")
        .contains("sub30_hop_seconds_count{hop=\"client_gateway\",kind=\"wait\",tier=\"free\"} 0")
        .contains("sub30_request_seconds_count{outcome=\"late\",tier=\"enterprise\"} 0")
        .contains("# TYPE sub30_budget_violations_total counter")
        .contains(
            "sub30_budget_violations_total{hop=\"total\",level=\"sla_violation\",tier=\"pro\"}"
                + " 0.0");
  }

  @Test
  void scrape_recorded_isInTheRightBuckets() {
    record(900_000); // below 1 ms
    record(1_000_000); // its HdrHistogram bucket reaches over 1 ms: counted above, never below
    record(2_500_000);
    record(60_000_000_000L); // kept at the recorder's end, 10 s

    String text = registry.scrape();
    assertThat(text)
        .contains(SERVICE + "\"5.0E-4\"} 0")
        .contains(SERVICE + "\"0.001\"} 1")
        .contains(SERVICE + "\"0.002\"} 2")
        .contains(SERVICE + "\"0.003\"} 3")
        .contains(SERVICE + "\"2.5\"} 3")
        .contains(SERVICE + "\"+Inf\"} 4")
        .contains("sub30_hop_seconds_count{hop=\"ml_processing\",kind=\"service\",tier=\"pro\"} 4")
        .contains("sub30_request_seconds_count{outcome=\"degraded\",tier=\"pro\"} 4")
        .contains(
            "sub30_budget_violations_total{hop=\"ml_processing\",level=\"sla_violation\",tier=\"pro\"}"
                + " 1.0");
    double sum =
        Double.parseDouble(
            text.lines()
                .filter(
                    line ->
                        line.startsWith(
                            "sub30_hop_seconds_sum{hop=\"ml_processing\",kind=\"service\",tier=\"pro\"}"))
                .findFirst()
                .orElseThrow()
                .split(" ")[1]);
    assertThat(sum).isBetween(9.9, 10.1);
  }

  @Test
  void scrape_twice_countsOnce() {
    record(900_000);
    registry.scrape();

    assertThat(registry.scrape())
        .contains("sub30_hop_seconds_count{hop=\"ml_processing\",kind=\"service\",tier=\"pro\"} 1");
  }

  private void record(long mlServiceNanos) {
    Ledger ledger = Ledger.open(plan, 0);
    ledger.book(ML, 10, mlServiceNanos, Outcome.OK);
    ledger.close(mlServiceNanos);
    tracker.record("r", Tier.PRO, ledger, RequestOutcome.DEGRADED);
  }
}
