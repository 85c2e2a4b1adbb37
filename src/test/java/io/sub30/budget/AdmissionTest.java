package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Admission.Decision;
import io.sub30.budget.Admission.Verdict;
import org.junit.jupiter.api.Test;

class AdmissionTest {

  private static final long MILLI = 1_000_000;
  private static final int CLASS = RequestClass.of(Tier.ENTERPRISE, 20, true);

  private final FakeNanoClock clock = new FakeNanoClock(0);
  private final Plan plan = Plans.specified();
  private final PathEstimates estimates = new PathEstimates(plan, clock);
  private final ModeSwitch mode = new ModeSwitch(Mode.ENFORCE);
  private final Admission admission = new Admission(plan, Plans.path(), estimates, mode, clock);

  private Verdict judge(long roomNanos) {
    return decide(roomNanos).verdict();
  }

  private Decision decide(long roomNanos) {
    return admission.judge(CLASS, roomNanos, false, Admission.UNKNOWN, clock.nanoTime());
  }

  private void learn(int times, boolean full, long nanos) {
    for (int i = 0; i < times; i++) {
      estimates.answered(CLASS, full, nanos);
    }
    clock.advanceNanos(SuffixEstimate.REFRESH_NANOS);
  }

  @Test
  void judge_nothingKnown_goesByTheConfiguredLines() {
    // bridge 3 + ml 8 + trading 4 + store 5
    assertThat(judge(20 * MILLI)).isEqualTo(Verdict.FULL);
    assertThat(judge(20 * MILLI - 1)).isEqualTo(Verdict.MINIMAL);
    // bridge 3 + store 5
    assertThat(judge(8 * MILLI)).isEqualTo(Verdict.MINIMAL);
    assertThat(judge(8 * MILLI - 1)).isEqualTo(Verdict.REFUSE);
    assertThat(decide(20 * MILLI).predicted()).isNegative();
  }

  @Test
  void judge_nothingKnownOfTheClass_goesByWhatRequestsLatelyTook() {
    assertThat(judge(7 * MILLI, 7 * MILLI)).isEqualTo(Verdict.FULL);
    // The lines may still fit, whole or in part.
    assertThat(judge(20 * MILLI, 20 * MILLI + 1)).isEqualTo(Verdict.FULL);
    assertThat(judge(19 * MILLI, 19 * MILLI + 1)).isEqualTo(Verdict.MINIMAL);
    assertThat(judge(7 * MILLI, 7 * MILLI + 1)).isEqualTo(Verdict.REFUSE);
    assertThat(judge(0, 0)).isEqualTo(Verdict.REFUSE);
  }

  @Test
  void judge_classKnown_whatOthersTookIsNotAsked() {
    learn(100, true, 40 * MILLI);
    learn(100, false, 40 * MILLI);

    assertThat(judge(25 * MILLI, MILLI)).isEqualTo(Verdict.REFUSE);
  }

  private Verdict judge(long roomNanos, long lastedNanos) {
    return admission.judge(CLASS, roomNanos, false, lastedNanos, clock.nanoTime()).verdict();
  }

  @Test
  void judge_fewerThanEnoughSamples_stillGoesByTheLines() {
    learn(SuffixEstimate.ENOUGH_SAMPLES - 1, true, 2 * MILLI);
    assertThat(judge(19 * MILLI)).isEqualTo(Verdict.MINIMAL);
    learn(1, true, 2 * MILLI);
    assertThat(judge(19 * MILLI)).isEqualTo(Verdict.FULL);
  }

  @Test
  void judge_knownToBeQuick_letsInWithLittleRoom() {
    learn(100, true, 2 * MILLI);

    assertThat(judge(3 * MILLI)).isEqualTo(Verdict.FULL);
    assertThat(judge(MILLI)).isNotEqualTo(Verdict.FULL);
  }

  @Test
  void judge_noRoom_isRefusedWhateverIsKnown() {
    learn(100, true, 2 * MILLI);
    learn(100, false, 1_000);

    assertThat(judge(0)).isEqualTo(Verdict.REFUSE);
    assertThat(judge(Long.MIN_VALUE)).isEqualTo(Verdict.REFUSE);
  }

  @Test
  void judge_wholePathTooSlow_takesTheMinimalOneIfThatFits() {
    learn(100, true, 40 * MILLI);
    learn(100, false, 4 * MILLI);

    assertThat(judge(25 * MILLI)).isEqualTo(Verdict.MINIMAL);
    assertThat(judge(3 * MILLI)).isEqualTo(Verdict.REFUSE);
  }

  @Test
  void judge_theLastHopDoesNotFit_isRefusedWhateverElseIsKnown() {
    learn(100, true, 2 * MILLI);
    for (int i = 0; i < 100; i++) {
      estimates.hopAnswered(CLASS, Plans.path().lastLine(), 55 * MILLI);
    }
    clock.advanceNanos(SuffixEstimate.REFRESH_NANOS);

    assertThat(judge(25 * MILLI)).isEqualTo(Verdict.REFUSE);
  }

  @Test
  void judge_thresholdOfTheTier_decides() {
    // Nine in ten within 5 ms, one in ten takes 50.
    for (Tier tier : Tier.values()) {
      int ofTier = RequestClass.of(tier, 20, true);
      for (int i = 0; i < 1_000; i++) {
        estimates.answered(ofTier, true, i % 10 == 0 ? 50 * MILLI : 5 * MILLI);
      }
    }
    clock.advanceNanos(SuffixEstimate.REFRESH_NANOS);

    assertThat(verdictOf(Tier.FREE)).isEqualTo(Verdict.FULL);
    assertThat(verdictOf(Tier.PRO)).isEqualTo(Verdict.FULL);
    assertThat(verdictOf(Tier.ENTERPRISE)).isNotEqualTo(Verdict.FULL);
  }

  private Verdict verdictOf(Tier tier) {
    return admission
        .judge(
            RequestClass.of(tier, 20, true), 20 * MILLI, false, Admission.UNKNOWN, clock.nanoTime())
        .verdict();
  }

  @Test
  void judge_off_letsEverythingInUncounted() {
    mode.set(Mode.OFF);

    assertThat(judge(-1)).isEqualTo(Verdict.FULL);
    assertThat(admission.count(Tier.ENTERPRISE, Verdict.FULL)).isZero();
  }

  @Test
  void judge_observe_letsInAndRecordsHowARefusalWouldHaveTurnedOut() {
    mode.set(Mode.OBSERVE);
    Decision decision = decide(MILLI);

    assertThat(decision.verdict()).isEqualTo(Verdict.FULL);
    assertThat(decision.judged()).isEqualTo(Verdict.REFUSE);
    admission.concluded(CLASS, decision, MILLI, true, true);
    admission.concluded(CLASS, decision, 40 * MILLI, false, false);
    assertThat(admission.wronglyJudged(Tier.ENTERPRISE, true)).isEqualTo(1);
    assertThat(admission.wronglyJudged(Tier.ENTERPRISE, false)).isEqualTo(1);
  }

  @Test
  void judge_wouldBeRefused_aboutTwentyASecondProbeOrOneInAHundred() {
    learn(100, true, 60 * MILLI);
    learn(100, false, 60 * MILLI);
    int probes = 0;
    for (int i = 0; i < 1_000; i++) { // at 1,000 a second
      Decision decision =
          admission.judge(CLASS, 25 * MILLI, true, Admission.UNKNOWN, clock.nanoTime());
      probes += decision.verdict() == Verdict.PROBE ? 1 : 0;
      clock.advanceNanos(MILLI);
    }
    assertThat(probes).isBetween(19, 21);
    int crowd = 0;
    for (int i = 0; i < 10_000; i++) { // all at once
      Decision decision =
          admission.judge(CLASS, 25 * MILLI, true, Admission.UNKNOWN, clock.nanoTime());
      crowd += decision.verdict() == Verdict.PROBE ? 1 : 0;
    }
    assertThat(crowd).isBetween(99, 101);
  }

  @Test
  void concluded_fiveProbesInARowInTime_makeThePastForgotten() {
    learn(100, true, 60 * MILLI);
    learn(100, false, 60 * MILLI);
    Decision probe = new Decision(Verdict.PROBE, Verdict.REFUSE, 0);
    for (int i = 0; i < 4; i++) {
      admission.concluded(CLASS, probe, 2 * MILLI, true, true);
    }
    admission.concluded(CLASS, probe, 60 * MILLI, true, false);
    for (int i = 0; i < 4; i++) {
      admission.concluded(CLASS, probe, 2 * MILLI, true, true);
    }
    clock.advanceNanos(SuffixEstimate.REFRESH_NANOS);
    assertThat(judge(25 * MILLI)).as("the row was broken").isEqualTo(Verdict.REFUSE);

    admission.concluded(CLASS, probe, 2 * MILLI, true, true);
    clock.advanceNanos(SuffixEstimate.REFRESH_NANOS);
    assertThat(judge(25 * MILLI)).isEqualTo(Verdict.FULL);
  }

  @Test
  void reconsider_littleIsKnown_turnsNobodyAwayWhoStillHasTime() {
    Decision full = decide(25 * MILLI);

    assertThat(admission.reconsider(CLASS, full, 3 * MILLI, clock.nanoTime())).isSameAs(full);
    assertThat(admission.reconsider(CLASS, full, 0, clock.nanoTime()).verdict())
        .isEqualTo(Verdict.REFUSE);
  }

  @Test
  void reconsider_muchIsKnown_takesLessOrNothing() {
    learn(100, true, 10 * MILLI);
    learn(100, false, 2 * MILLI);
    Decision full = decide(25 * MILLI);

    assertThat(admission.reconsider(CLASS, full, 5 * MILLI, clock.nanoTime()).verdict())
        .isEqualTo(Verdict.MINIMAL);
    assertThat(admission.reconsider(CLASS, full, MILLI, clock.nanoTime()).verdict())
        .isEqualTo(Verdict.REFUSE);
    Decision probe = new Decision(Verdict.PROBE, Verdict.REFUSE, 0);
    assertThat(admission.reconsider(CLASS, probe, MILLI, clock.nanoTime())).isSameAs(probe);
  }

  @Test
  void calibration_predictedAndKept_areGatheredByTwentieths() {
    Calibration calibration = admission.calibration();
    Decision decision = new Decision(Verdict.FULL, Verdict.FULL, 0.92);
    for (int i = 0; i < 10; i++) {
      admission.concluded(CLASS, decision, 2 * MILLI, true, i > 0);
    }

    assertThat(calibration.count(18)).isEqualTo(10);
    assertThat(calibration.kept(18)).isEqualTo(9);
    assertThat(calibration.predictedSum(18)).isEqualTo(9.2);
    admission.concluded(CLASS, new Decision(Verdict.FULL, Verdict.FULL, 1), 1, true, true);
    assertThat(calibration.count(Calibration.BINS - 1)).isEqualTo(1);
    admission.concluded(CLASS, new Decision(Verdict.FULL, Verdict.FULL, -1), 1, true, true);
    assertThat(calibration.count(0)).as("nothing was predicted").isZero();
  }
}
