package io.sub30.gateway.cells;

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
  void longestNanos_isThatOfTheNewestSamples() {
    assertThat(holdTime.longestNanos()).isNegative();
    holdTime.observe(9 * MILLI);
    assertThat(holdTime.longestNanos()).isEqualTo(9 * MILLI);
    observe(HoldTime.SAMPLES - 1, 2 * MILLI);
    assertThat(holdTime.longestNanos()).isEqualTo(9 * MILLI);
    observe(1, 2 * MILLI);
    assertThat(holdTime.longestNanos()).isEqualTo(2 * MILLI);
  }

  @Test
  void waitNanos_steady_isOneMedianForEachBefore() {
    observe(20, 2 * MILLI);

    assertThat(holdTime.waitNanos(0)).isZero();
    assertThat(holdTime.waitNanos(9)).isEqualTo(18 * MILLI);
  }

  @Test
  void waitNanos_few_isTheirMedian() {
    holdTime.observe(3 * MILLI);
    assertThat(holdTime.waitNanos(1)).isEqualTo(3 * MILLI);
    holdTime.observe(5 * MILLI);
    holdTime.observe(4 * MILLI);
    assertThat(holdTime.waitNanos(1)).isEqualTo(4 * MILLI);
  }

  @Test
  void observe_aStall_isHeldAgainstNobodyAfterIt() {
    observe(HoldTime.SAMPLES, MILLI);
    observe(7, Long.MAX_VALUE);

    assertThat(holdTime.waitNanos(3)).isEqualTo(3 * MILLI);
  }

  @Test
  void observe_slowForGood_isKnownAfterEight() {
    observe(HoldTime.SAMPLES, MILLI);
    observe(8, 50 * MILLI);
    assertThat(holdTime.waitNanos(1)).isEqualTo(50 * MILLI);

    observe(8, MILLI);
    assertThat(holdTime.waitNanos(1)).isEqualTo(MILLI);
  }

  @Test
  void waitNanos_manyBeforeAndHanging_doesNotOverflow() {
    observe(HoldTime.SAMPLES, Long.MAX_VALUE);

    assertThat(holdTime.waitNanos(65_536)).isPositive();
  }

  private void observe(int times, long nanos) {
    for (int i = 0; i < times; i++) {
      holdTime.observe(nanos);
    }
  }
}
