package io.sub30.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PathEstimateTest {

  private static final long MILLI = 1_000_000;

  private final PathEstimate estimate = new PathEstimate();

  @Test
  void expectNanos_nothingSeen_refusesNobody() {
    assertThat(estimate.expectNanos(0)).isZero();
    assertThat(estimate.expectNanos(255)).isZero();
  }

  @Test
  void expectNanos_steady_isOneMeanForEachBeforeAndItself() {
    observe(200, 2 * MILLI);

    assertThat(estimate.expectNanos(0)).isBetween(1_990_000L, 2_010_000L);
    assertThat(estimate.expectNanos(9)).isBetween(19_900_000L, 20_100_000L);
  }

  @Test
  void expectNanos_uneven_addsTwoDeviations() {
    for (int i = 0; i < 200; i++) {
      estimate.observe(i % 2 == 0 ? MILLI : 3 * MILLI);
    }
    // A mean of 2 ms, each about 1 ms off it.
    assertThat(estimate.expectNanos(0)).isBetween(3_500_000L, 4_700_000L);
  }

  @Test
  void observe_oneVerySlow_countsForNoMoreThanAHundredMillis() {
    observe(200, MILLI);
    estimate.observe(Long.MAX_VALUE);

    // Mean 1 + 99/8 ms, deviation 99/4 ms.
    assertThat(estimate.expectNanos(0)).isBetween(62_000_000L, 63_500_000L);
  }

  @Test
  void observe_slowTimesAreOver_isForgottenWithinAHundred() {
    observe(200, 50 * MILLI);
    observe(100, MILLI);

    assertThat(estimate.expectNanos(0)).isLessThan(1_100_000);
  }

  private void observe(int times, long nanos) {
    for (int i = 0; i < times; i++) {
      estimate.observe(nanos);
    }
  }
}
