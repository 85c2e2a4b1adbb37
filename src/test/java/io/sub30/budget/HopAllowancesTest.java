package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class HopAllowancesTest {

  private static final long MILLI = 1_000_000;
  private static final int ENTERPRISE = RequestClass.of(Tier.ENTERPRISE, 20, true);
  private static final int PRO = RequestClass.of(Tier.PRO, 20, true);
  private static final int BRIDGE = 2;
  private static final int STORE = 3;
  private static final int ML = 4;
  private static final int TRADING = 5;

  private final FakeNanoClock clock = new FakeNanoClock(0);
  private final Plan plan = Plans.specified();
  private final PathEstimates estimates = new PathEstimates(plan, clock);
  private final ModeSwitch mode = new ModeSwitch(Mode.ENFORCE);
  private final HopAllowances allowances =
      new HopAllowances(plan, Plans.path(), estimates, mode, clock);

  /** What the hop gets when {@code spentNanos} of the request's time are gone. */
  private long nanos(int requestClass, int line, long spentNanos) {
    long total = plan.totalNanos(RequestClass.tierOf(requestClass));
    long now = clock.nanoTime();
    return allowances.nanos(requestClass, line, now - spentNanos, total - spentNanos, now);
  }

  private void learn(int requestClass, int line, long nanos) {
    for (int i = 0; i < 100; i++) {
      estimates.hopAnswered(requestClass, line, nanos);
    }
    clock.advanceNanos(SuffixEstimate.REFRESH_NANOS);
  }

  private void takeTheProbe(int requestClass, int line) {
    nanos(requestClass, line, 0);
  }

  @Test
  void nanos_nothingKnown_isItsLineAndWhatWasNotSpentBefore() {
    // ml: 8 ms of its own, 8 ms of those before it, of which 1 ms is spent
    assertThat(nanos(ENTERPRISE, ML, MILLI)).isEqualTo(15 * MILLI);
    // and in a tier with 100 ms all of that times 10/3
    assertThat(nanos(PRO, ML, MILLI)).isBetween(52 * MILLI, 53 * MILLI);
  }

  @Test
  void nanos_overspentBefore_isNotTakenFromItsLine() {
    assertThat(nanos(ENTERPRISE, ML, 9 * MILLI)).isEqualTo(8 * MILLI);
  }

  @Test
  void nanos_littleRemains_leavesWhatTheRestNeeds() {
    learn(ENTERPRISE, STORE, 4 * MILLI);
    learn(ENTERPRISE, TRADING, MILLI);
    // 30 - 20 spent = 10; less store 4, response 2, trading 1, each known to 6 %
    assertThat(nanos(ENTERPRISE, ML, 20 * MILLI)).isBetween(2_600_000L, 3 * MILLI);
  }

  @Test
  void nanos_lessThanItsMedian_isNotAskedButForAProbe() {
    learn(ENTERPRISE, ML, 20 * MILLI);
    takeTheProbe(ENTERPRISE, ML);

    assertThat(nanos(ENTERPRISE, ML, MILLI)).isEqualTo(HopAllowances.NONE);
    clock.advanceNanos(HopAllowances.PROBE_PAUSE_NANOS);
    assertThat(nanos(ENTERPRISE, ML, MILLI)).as("a probe").isEqualTo(8 * MILLI);
    assertThat(nanos(ENTERPRISE, ML, MILLI)).isEqualTo(HopAllowances.NONE);
  }

  @Test
  void nanos_hangs_isNotAskedWhereItDoesNotFitAndIsWhereItDoes() {
    for (int i = 0; i < 100; i++) {
      allowances.unanswered(ENTERPRISE, ML, 15 * MILLI);
      allowances.answered(PRO, ML, 50 * MILLI, clock.nanoTime());
    }
    clock.advanceNanos(SuffixEstimate.REFRESH_NANOS);
    takeTheProbe(ENTERPRISE, ML);

    assertThat(nanos(ENTERPRISE, ML, MILLI)).isEqualTo(HopAllowances.NONE);
    assertThat(nanos(PRO, ML, MILLI)).isGreaterThanOrEqualTo(50 * MILLI);
  }

  /** 50.6 ms are known to be below 52.4 ms; an allowance of 52 ms is enough for more than half. */
  @Test
  void nanos_justAboveItsMedian_isAskedWhateverItsBucketEndsWith() {
    learn(PRO, ML, 50_600_000);

    assertThat(nanos(PRO, ML, 1_500_000)).isBetween(51_500_000L, 52 * MILLI);
  }

  /** Slow a while ago and hardly asked since: the few answers there are say more than the past. */
  @Test
  void nanos_onlyProbedForLong_isJudgedByTheProbes() {
    learn(ENTERPRISE, ML, MILLI);
    clock.advanceNanos(11_000_000_000L);
    for (int i = 0; i < SuffixEstimate.ENOUGH_FOR_MEDIAN; i++) {
      allowances.unanswered(ENTERPRISE, ML, 8 * MILLI);
    }
    clock.advanceNanos(SuffixEstimate.REFRESH_NANOS);
    takeTheProbe(ENTERPRISE, ML);

    assertThat(nanos(ENTERPRISE, ML, MILLI)).isEqualTo(HopAllowances.NONE);
  }

  @Test
  void answered_fiveInARowWithinTheLine_makeASlowPastForgotten() {
    learn(ENTERPRISE, ML, 20 * MILLI);
    takeTheProbe(ENTERPRISE, ML);
    for (int i = 0; i < 5; i++) {
      assertThat(nanos(ENTERPRISE, ML, MILLI)).isEqualTo(HopAllowances.NONE);
      allowances.answered(ENTERPRISE, ML, MILLI, clock.nanoTime());
    }
    clock.advanceNanos(SuffixEstimate.REFRESH_NANOS);

    assertThat(nanos(ENTERPRISE, ML, MILLI)).isEqualTo(15 * MILLI);
  }

  @Test
  void nanos_storeHangs_leavesRoomForNothing() {
    for (int i = 0; i < 100; i++) {
      estimates.hopUnanswered(ENTERPRISE, STORE, 50 * MILLI);
    }
    clock.advanceNanos(SuffixEstimate.REFRESH_NANOS);

    assertThat(nanos(ENTERPRISE, ML, MILLI)).isEqualTo(HopAllowances.NONE);
    assertThat(allowances.mandatoryNanos(ENTERPRISE, 29 * MILLI, clock.nanoTime())).isZero();
  }

  @Test
  void nanos_notEnforced_isAllThatRemains() {
    learn(ENTERPRISE, ML, 200 * MILLI);
    for (Mode other : new Mode[] {Mode.OFF, Mode.OBSERVE}) {
      mode.set(other);
      assertThat(nanos(ENTERPRISE, ML, 7 * MILLI)).isEqualTo(23 * MILLI);
      assertThat(nanos(ENTERPRISE, ML, 31 * MILLI)).isEqualTo(HopAllowances.NONE);
    }
  }

  /** Whatever was learnt, whatever is spent, whatever the clock's epoch. */
  @Property
  boolean nanos_ever_isWithinWhatRemains(
      @ForAll long epoch,
      @ForAll @LongRange(min = 0, max = 20_000_000_000L) long spentNanos,
      @ForAll @LongRange(min = 0, max = 2_000_000_000L) long hopNanos,
      @ForAll @LongRange(min = 0, max = 2_000_000_000L) long storeNanos,
      @ForAll @IntRange(min = 0, max = RequestClass.COUNT - 1) int requestClass,
      @ForAll boolean hangs) {
    FakeNanoClock ticker = new FakeNanoClock(epoch);
    PathEstimates known = new PathEstimates(plan, ticker);
    for (int i = 0; i < SuffixEstimate.ENOUGH_SAMPLES; i++) {
      if (hangs) {
        known.hopUnanswered(requestClass, ML, hopNanos);
      } else {
        known.hopAnswered(requestClass, ML, hopNanos);
      }
      known.hopAnswered(requestClass, STORE, storeNanos);
    }
    HopAllowances allowed = new HopAllowances(plan, Plans.path(), known, mode, ticker);
    long remaining = plan.totalNanos(RequestClass.tierOf(requestClass)) - spentNanos;
    long now = ticker.nanoTime();
    for (int line : new int[] {BRIDGE, ML, TRADING}) {
      for (int again = 0; again < 2; again++) { // the first may be a probe
        long nanos = allowed.nanos(requestClass, line, now - spentNanos, remaining, now);
        if (nanos < 0 || nanos > Math.max(0, remaining)) {
          return false;
        }
      }
      long mandatory = allowed.mandatoryNanos(requestClass, remaining, now);
      if (mandatory < 0 || mandatory > Math.max(0, remaining)) {
        return false;
      }
    }
    return true;
  }
}
