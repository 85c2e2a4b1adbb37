package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallWindowTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long QUICK = 1;

  /** Ten seconds, ten calls, 50 % failed or 80 % slow; slow from 20 ms. */
  private static final BreakerLimits LIMITS =
      new BreakerLimits(10 * SECOND, 10, 50, 80, 20_000_000, 500, 3);

  private final FakeNanoClock clock = new FakeNanoClock(Long.MAX_VALUE - SECOND); // wraps
  private final CallWindow window = new CallWindow(LIMITS, clock);

  @Test
  void rates_noCalls_areZeroAndNothingTrips() {
    assertThat(window.calls()).isZero();
    assertThat(window.failureRate()).isZero();
    assertThat(window.slowRate()).isZero();
    assertThat(window.trips()).isFalse();
  }

  @Test
  void record_fewerThanTheMinimum_doesNotTripAndTheNextDoes() {
    for (int i = 1; i < LIMITS.minCalls(); i++) {
      assertThat(window.record(QUICK, true)).as("failure %d", i).isFalse();
    }
    assertThat(window.record(QUICK, true)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"49, false", "50, true", "51, true"})
  void record_failuresAroundTheRate_tripFromTheRateOn(int failures, boolean trips) {
    succeed(100 - failures);
    boolean tripped = false;
    for (int i = 0; i < failures; i++) {
      tripped = window.record(QUICK, true);
    }
    assertThat(tripped).isEqualTo(trips);
    assertThat(window.failureRate()).isEqualTo(failures / 100.0);
    assertThat(window.slowRate()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"79, false", "80, true", "81, true"})
  void record_slowOnesAroundTheRate_tripFromTheRateOn(int slow, boolean trips) {
    succeed(100 - slow);
    boolean tripped = false;
    for (int i = 0; i < slow; i++) {
      tripped = window.record(LIMITS.slowNanos(), false);
    }
    assertThat(tripped).isEqualTo(trips);
    assertThat(window.slowRate()).isEqualTo(slow / 100.0);
    assertThat(window.failureRate()).isZero();
  }

  @Test
  void record_lengthAroundTheLimit_isSlowFromTheLimitOn() {
    window.record(LIMITS.slowNanos() - 1, false);
    assertThat(window.slowRate()).isZero();
    window.record(LIMITS.slowNanos(), false);
    assertThat(window.slowRate()).isEqualTo(0.5);
    window.record(LIMITS.slowNanos() + 1, false);
    assertThat(window.slowRate()).isEqualTo(2 / 3.0);
  }

  @Test
  void record_everyOtherFails_isNotForgottenAtASuccess() {
    for (int i = 0; i < 50; i++) {
      window.record(QUICK, true);
      window.record(QUICK, false);
    }
    assertThat(window.failureRate()).isEqualTo(0.5);
    assertThat(window.trips()).isTrue();
  }

  // Commits go out one at a time: without its weight a hanging one would be a call among thousands.
  @ParameterizedTest
  @CsvSource({"19_999_999, 1", "39_999_999, 1", "40_000_000, 2", "2_000_000_000, 2"})
  void record_longCall_countsAsTheCallsThatWereNotMadeUpToAQuarterOfTheMinimum(
      String nanos, int calls) {
    window.record(Long.parseLong(nanos.replace("_", "")), false);
    assertThat(window.calls()).isEqualTo(calls);
  }

  @Test
  void record_hangingCalls_atLeastFourAreNeeded() {
    CallWindow usual = new CallWindow(BreakerLimits.DEFAULT, clock);
    for (int i = 0; i < 3; i++) {
      assertThat(usual.record(2 * SECOND, true)).isFalse();
    }
    assertThat(usual.record(2 * SECOND, true)).isTrue();
  }

  @Test
  void window_clockStandsStill_keepsEverything() {
    for (int i = 0; i < 100_000; i++) {
      window.record(QUICK, i % 4 == 0);
    }
    assertThat(window.calls()).isEqualTo(100_000);
    assertThat(window.failureRate()).isEqualTo(0.25);
  }

  @Test
  void window_aBucketLeaves_onlyItsCallsAreForgotten() {
    window.record(QUICK, true);
    clock.advanceNanos(SECOND);
    succeed(3);
    clock.advanceNanos(9 * SECOND - 1);
    assertThat(window.calls()).isEqualTo(4);
    clock.advanceNanos(1);
    assertThat(window.calls()).isEqualTo(3);
    assertThat(window.failureRate()).isZero();
    clock.advanceNanos(SECOND);
    assertThat(window.calls()).isZero();
  }

  @Test
  void window_clockJumps_isEmptyAndGoesOn() {
    for (long jump : new long[] {10 * SECOND, 11 * SECOND, 3_600 * SECOND, Long.MAX_VALUE / 2}) {
      succeed(20);
      clock.advanceNanos(jump);
      assertThat(window.calls()).as("after %d ns", jump).isZero();
      window.record(QUICK, true);
      assertThat(window.calls()).isEqualTo(1);
      clock.advanceNanos(10 * SECOND);
    }
  }

  @Test
  void window_clockGoesBack_countsOn() {
    succeed(5);
    clock.advanceNanos(-3 * SECOND);
    succeed(5);
    assertThat(window.calls()).isEqualTo(10);
  }

  @Test
  void window_steadyCalls_holdsBetweenNineAndTenTenthsOfThem() {
    for (int i = 0; i < 1_000; i++) {
      window.record(QUICK, false);
      clock.advanceNanos(SECOND / 10);
      if (i >= 100) {
        assertThat(window.calls()).isBetween(90L, 100L);
      }
    }
  }

  @Test
  void clear_afterFailures_startsFromNothing() {
    for (int i = 0; i < 20; i++) {
      window.record(LIMITS.slowNanos(), true);
    }
    assertThat(window.trips()).isTrue();
    window.clear();
    assertThat(window.trips()).isFalse();
    window.record(QUICK, false);
    assertThat(window.calls()).isEqualTo(1);
    assertThat(window.failureRate()).isZero();
    assertThat(window.slowRate()).isZero();
  }

  @Test
  void limits_outOfRange_areRefusedNamingTheValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BreakerLimits(9, 10, 50, 80, 1, 1, 1))
        .withMessageContaining("window in ns is 9");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BreakerLimits(10, 0, 50, 80, 1, 1, 1))
        .withMessageContaining("minimum of calls is 0");
    for (int percent : new int[] {0, 101}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new BreakerLimits(10, 1, percent, 80, 1, 1, 1))
          .withMessageContaining("failure rate in % is " + percent);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new BreakerLimits(10, 1, 50, percent, 1, 1, 1))
          .withMessageContaining("slow rate in % is " + percent);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LIMITS.withSlow(0))
        .withMessageContaining("slow limit in ns is 0");
  }

  private void succeed(int calls) {
    for (int i = 0; i < calls; i++) {
      window.record(QUICK, false);
    }
  }
}
