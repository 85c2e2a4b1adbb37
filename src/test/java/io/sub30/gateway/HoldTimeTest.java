package io.sub30.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HoldTimeTest {

  private static final long MILLI = 1_000_000;

  private final HoldTime holdTime = new HoldTime();

  @Test
  void waitNanos_nothingSeen_isNothing() {
    assertThat(holdTime.waitNanos(0)).isZero();
    assertThat(holdTime.waitNanos(255)).isZero();
  }

  @Test
  void waitNanos_steady_isOneMeanForEachBefore() {
    observe(200, 2 * MILLI);

    assertThat(holdTime.waitNanos(0)).isZero();
    assertThat(holdTime.waitNanos(9)).isBetween(17_900_000L, 18_100_000L);
  }

  @Test
  void observe_oneVerySlow_countsForNoMoreThanAHundredMillis() {
    observe(200, MILLI);
    holdTime.observe(Long.MAX_VALUE);

    assertThat(holdTime.waitNanos(1)).isBetween(13_000_000L, 13_500_000L); // 1 + 99/8 ms
  }

  @Test
  void observe_slowTimesAreOver_isForgottenWithinAHundred() {
    observe(200, 50 * MILLI);
    observe(100, MILLI);

    assertThat(holdTime.waitNanos(1)).isLessThan(1_100_000);
  }

  private void observe(int times, long nanos) {
    for (int i = 0; i < times; i++) {
      holdTime.observe(nanos);
    }
  }
}
