package io.sub30.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DelayDistributionTest {

  private static final long GIVEN_NANOS = 50_000_000;
  private static final double ALMOST_ONE = Math.nextDown(1.0);

  /** Over evenly spaced numbers, so that nothing is left to chance. */
  @ParameterizedTest
  @CsvSource({"FIXED, 1", "UNIFORM, 0.5", "EXPONENTIAL, 1"})
  void delay_overAllNumbers_hasItsMean(DelayDistribution distribution, double means) {
    int steps = 1_000_000;
    double sum = 0;
    for (int i = 0; i < steps; i++) {
      sum += distribution.delayNanos(GIVEN_NANOS, (i + 0.5) / steps);
    }
    assertThat(sum / steps).isCloseTo(means * GIVEN_NANOS, within(GIVEN_NANOS / 1_000.0));
  }

  @ParameterizedTest
  @CsvSource({
    "FIXED, 50000000, 50000000",
    "UNIFORM, 0, 49999999",
    "EXPONENTIAL, 0, 500000000" // the cap: e^-10 of them would be longer
  })
  void delay_atTheEnds_isItsBound(DelayDistribution distribution, long least, long most) {
    assertThat(distribution.delayNanos(GIVEN_NANOS, 0)).isEqualTo(least);
    assertThat(distribution.delayNanos(GIVEN_NANOS, ALMOST_ONE)).isEqualTo(most);
  }

  @ParameterizedTest
  @EnumSource
  void delay_ofNone_isNone(DelayDistribution distribution) {
    assertThat(distribution.delayNanos(0, ALMOST_ONE)).isZero();
  }

  @Test
  void exponential_belowTheCap_isNotCapped() {
    assertThat(DelayDistribution.EXPONENTIAL.delayNanos(GIVEN_NANOS, 1 - Math.exp(-9.9)))
        .isCloseTo(495_000_000, within(1_000L));
    assertThat(DelayDistribution.EXPONENTIAL.delayNanos(GIVEN_NANOS, 1 - Math.exp(-10.1)))
        .isEqualTo(500_000_000);
  }
}
