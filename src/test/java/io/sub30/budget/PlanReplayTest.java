package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanReplayTest {

  private final Plan plan = Plans.specified();
  private final LedgerSample sample = new LedgerSample(plan.names());

  @Test
  void of_aroundTheLimits_countsAsATrackerDoes() {
    BudgetTracker tracker = new BudgetTracker(plan, violation -> {});
    for (Tier tier : Tier.values()) {
      long limitMicros = plan.lineNanos(tier, 2) / 1_000;
      for (long micros : new long[] {limitMicros * 8 / 10, limitMicros, limitMicros * 3 / 2}) {
        for (long spent = micros - 1; spent <= micros + 1; spent++) {
          Ledger ledger = Ledgers.spent(plan, 1, Ledgers.NOT_ASKED, spent);
          tracker.record("r", tier, ledger, RequestOutcome.OK);
          sample.add(Ledgers.recorded(tier, ledger));
        }
      }
    }
    BudgetReport report = new BudgetReport(plan);
    tracker.collect(report);

    PlanReplay replay = PlanReplay.of(plan, sample);

    long violations = 0;
    long warnings = 0;
    for (Tier tier : Tier.values()) {
      violations +=
          report.violations(tier, 2, AlertLevel.CRITICAL)
              + report.violations(tier, 2, AlertLevel.SLA_VIOLATION);
      warnings += report.violations(tier, 2, AlertLevel.WARNING);
    }
    assertThat(violations).isPositive();
    assertThat(warnings).isPositive();
    assertThat(replay.violations(2)).isEqualTo(violations).isEqualTo(replay.violations());
    assertThat(replay.warnings()).isEqualTo(violations + warnings);
    assertThat(replay.violatedRequests()).isEqualTo(violations);
    assertThat(replay.totalViolations()).isZero();
  }

  @Test
  void of_twoViolatedLinesOfOneRequest_isOneRequest() {
    sample.add(Ledgers.recorded(Tier.ENTERPRISE, Ledgers.spent(plan, 2_001, 1_001, 0, 30_000)));
    sample.add(Ledgers.recorded(Tier.ENTERPRISE, Ledgers.spent(plan, 2_000)));

    PlanReplay replay = PlanReplay.of(plan, sample);

    assertThat(replay.violations()).isEqualTo(3);
    assertThat(replay.violatedRequests()).isEqualTo(1);
    assertThat(replay.totalViolations()).isEqualTo(1);
  }

  @Test
  void figures_otherTiers_areInTheMeasureOfTheTotal() {
    sample.add(Ledgers.recorded(Tier.ENTERPRISE, Ledgers.spent(plan, 1_000, 2_000)));
    sample.add(Ledgers.recorded(Tier.PRO, Ledgers.spent(plan, 10_000, Ledgers.NOT_ASKED)));

    LedgerFigures figures = LedgerFigures.of(plan, sample);

    assertThat(figures.spent(0).getTotalCount()).isEqualTo(2);
    assertThat(figures.spent(0).getMaxValue()).isCloseTo(3_000_000, within(30_000L));
    assertThat(figures.spent(0).getMinValue()).isCloseTo(1_000_000, within(10_000L));
    assertThat(figures.spent(1).getTotalCount()).isEqualTo(1);
    assertThat(figures.total().getMaxValue()).isCloseTo(3_000_000, within(30_000L));
    assertThat(figures.share(0)).isCloseTo(4.0 / 6, within(1e-9));
    assertThat(figures.share(1)).isCloseTo(2.0 / 6, within(1e-9));
    assertThat(figures.unattributedShare()).isCloseTo(0, within(1e-9));
  }

  @Test
  void figures_noLedgers_areZero() {
    LedgerFigures figures = LedgerFigures.of(plan, sample);

    assertThat(figures.share(0)).isZero();
    assertThat(figures.unattributedShare()).isZero();
    assertThat(figures.total().getTotalCount()).isZero();
  }

  @Test
  void of_otherLines_isRefusedNamingBoth() {
    Plan other =
        new Plan(
            List.of(Plans.line("edge", 10), Plans.line("core", 20)),
            Duration.ofMillis(30),
            Plans.TIERS);

    assertThatThrownBy(() -> PlanReplay.of(other, sample))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[edge, core]")
        .hasMessageContaining("client_gateway");
  }
}
