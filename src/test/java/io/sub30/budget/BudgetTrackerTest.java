package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class BudgetTrackerTest {

  private static final int BRIDGE = 2; // 3 ms
  private static final int ML = 4; // 8 ms

  private final Plan plan = Plans.specified();
  private final List<Violation> violations = new ArrayList<>();
  private final BudgetTracker tracker = new BudgetTracker(plan, violations::add);

  @Test
  void record_askedHops_areInTheirHistograms() {
    Ledger ledger = Ledger.open(plan, 0);
    ledger.book(BRIDGE, 100_000, 900_000, Outcome.OK);
    ledger.close(2_000_000);
    tracker.record("r1", Tier.PRO, ledger, RequestOutcome.OK);

    BudgetReport report = report();
    assertThat(report.hop(Tier.PRO, BRIDGE, Measure.WAIT).getMaxValue())
        .isCloseTo(100_000, onePercent(100_000));
    assertThat(report.hop(Tier.PRO, BRIDGE, Measure.SERVICE).getMaxValue())
        .isCloseTo(900_000, onePercent(900_000));
    assertThat(report.hop(Tier.PRO, BRIDGE, Measure.SPENT).getMaxValue())
        .isCloseTo(1_000_000, onePercent(1_000_000));
    assertThat(report.hop(Tier.PRO, ML, Measure.SPENT).getTotalCount()).isZero();
    assertThat(report.hop(Tier.FREE, BRIDGE, Measure.SPENT).getTotalCount()).isZero();
    assertThat(report.total(Tier.PRO).getTotalCount()).isEqualTo(1);
  }

  @Test
  void record_outcomes_areKeptApartAndRefusalsFlatterNothing() {
    for (RequestOutcome outcome : RequestOutcome.values()) {
      tracker.record("r", Tier.FREE, spent(1_000_000 * (outcome.ordinal() + 1)), outcome);
    }

    BudgetReport report = report();
    for (RequestOutcome outcome : RequestOutcome.values()) {
      Histogram total = report.total(Tier.FREE, outcome);
      long nanos = 1_000_000 * (outcome.ordinal() + 1);
      assertThat(total.getTotalCount()).isEqualTo(1);
      assertThat(total.getMaxValue()).isCloseTo(nanos, onePercent(nanos));
    }
    assertThat(report.total(Tier.FREE).getTotalCount()).isEqualTo(4);
  }

  @Test
  void record_hopAroundEachLevel_countsItOnceAtItsHighest() {
    long[] levels = {2_400_000, 3_000_000, 4_500_000};
    for (long level : levels) {
      for (long nanos = level - 1; nanos <= level + 1; nanos++) {
        Ledger ledger = Ledger.open(plan, 0);
        ledger.book(BRIDGE, 1, nanos - 1, Outcome.OK);
        ledger.close(nanos);
        tracker.record("r" + nanos, Tier.ENTERPRISE, ledger, RequestOutcome.OK);
      }
    }

    BudgetReport report = report();
    assertThat(report.violations(Tier.ENTERPRISE, BRIDGE, AlertLevel.NONE)).isZero();
    assertThat(report.violations(Tier.ENTERPRISE, BRIDGE, AlertLevel.WARNING)).isEqualTo(3);
    assertThat(report.violations(Tier.ENTERPRISE, BRIDGE, AlertLevel.CRITICAL)).isEqualTo(3);
    assertThat(report.violations(Tier.ENTERPRISE, BRIDGE, AlertLevel.SLA_VIOLATION)).isEqualTo(1);
    assertThat(report.totalViolations(Tier.ENTERPRISE, AlertLevel.WARNING)).isZero();
    assertThat(violations)
        .extracting(Violation::requestId)
        .containsExactly("r3000001", "r4499999", "r4500000", "r4500001");
    assertThat(violations.get(3).level()).isEqualTo(AlertLevel.SLA_VIOLATION);
  }

  @Test
  void record_totalOverrun_namesRequestBudgetActualAndOverage() {
    tracker.record("r1", Tier.ENTERPRISE, spent(30_000_000), RequestOutcome.OK);
    assertThat(violations).isEmpty();
    tracker.record("r2", Tier.ENTERPRISE, spent(30_000_001), RequestOutcome.LATE);

    assertThat(violations)
        .containsExactly(new Violation("r2", "", "total", Tier.ENTERPRISE, 30_000_000, 30_000_001));
    assertThat(violations.get(0).overageNanos()).isEqualTo(1);
    assertThat(report().totalViolations(Tier.ENTERPRISE, AlertLevel.WARNING)).isEqualTo(1);
    assertThat(report().totalViolations(Tier.ENTERPRISE, AlertLevel.CRITICAL)).isEqualTo(1);
  }

  @Test
  void record_beyondTheRange_isKeptAtItsEnd() {
    tracker.record("r1", Tier.FREE, spent(60_000_000_000L), RequestOutcome.LATE);
    tracker.record("r2", Tier.FREE, spent(-5), RequestOutcome.OK);

    Histogram total = report().total(Tier.FREE);
    assertThat(total.getTotalCount()).isEqualTo(2);
    assertThat(total.getMaxValue()).isCloseTo(10_000_000_000L, onePercent(10_000_000_000L));
    assertThat(total.getMinValue()).isZero();
  }

  @Test
  void collect_again_keepsWhatWasRecordedBefore() {
    tracker.record("r1", Tier.FREE, spent(1_000), RequestOutcome.OK);
    report();
    tracker.record("r2", Tier.FREE, spent(1_000), RequestOutcome.OK);

    assertThat(report().total(Tier.FREE).getTotalCount()).isEqualTo(2);
    assertThat(report().total(Tier.FREE).getTotalCount()).isEqualTo(2);
  }

  @Test
  void collect_severalTrackers_addsThem() {
    BudgetTracker other = new BudgetTracker(plan, violations::add);
    tracker.record("r1", Tier.FREE, spent(2_000_000_000), RequestOutcome.OK);
    other.record("r2", Tier.FREE, spent(2_000_000_000), RequestOutcome.FAILED);
    BudgetReport both = report();
    other.collect(both);

    assertThat(both.total(Tier.FREE).getTotalCount()).isEqualTo(2);
    assertThat(both.totalViolations(Tier.FREE, AlertLevel.SLA_VIOLATION)).isEqualTo(2);
  }

  @Test
  void record_withinBudget_allocatesNothing() {
    Ledger ledger = Ledger.open(plan, 0);
    for (int line = 0; line < plan.size(); line++) {
      ledger.book(line, 10_000, 100_000, Outcome.OK);
    }
    ledger.close(1_000_000);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    recordMany(ledger);
    threads.getThreadAllocatedBytes(thread); // the first call itself allocates

    long before = threads.getThreadAllocatedBytes(thread);
    recordMany(ledger);
    long perRecord = (threads.getThreadAllocatedBytes(thread) - before) / MANY;

    assertThat(perRecord).isZero();
  }

  @Test
  void record_withARing_offersEveryLedgerToIt() throws IOException {
    LedgerRing ring = new LedgerRing(plan, () -> Ledgers.EPOCH_MILLIS);
    LedgerLayout layout = new LedgerLayout(plan.size());
    BudgetTracker recording = new BudgetTracker(plan, violations::add, ring);
    recording.record("r1", Tier.PRO, spent(1_000_000), RequestOutcome.OK);
    recording.record("r2", Tier.FREE, spent(2_000_000_000), RequestOutcome.LATE);

    List<RecordedLedger> kept = new ArrayList<>();
    ring.drain(
        records -> {
          kept.add(layout.get(records, 0));
          kept.add(layout.get(records, layout.bytes()));
        });

    assertThat(kept).extracting(RecordedLedger::tier).containsExactly(Tier.PRO, Tier.FREE);
    assertThat(kept).extracting(RecordedLedger::totalMicros).containsExactly(1_000, 2_000_000);
    assertThat(kept)
        .extracting(RecordedLedger::outcome)
        .containsExactly(RequestOutcome.OK, RequestOutcome.LATE);
  }

  private static final int MANY = 20_000;

  private void recordMany(Ledger ledger) {
    for (int i = 0; i < MANY; i++) {
      tracker.record("r", Tier.ENTERPRISE, ledger, RequestOutcome.OK);
    }
  }

  private Ledger spent(long nanos) {
    Ledger ledger = Ledger.open(plan, 0);
    ledger.close(nanos);
    return ledger;
  }

  private BudgetReport report() {
    BudgetReport report = new BudgetReport(plan);
    tracker.collect(report);
    return report;
  }

  private static Offset<Long> onePercent(long nanos) {
    return within(nanos / 100);
  }
}
