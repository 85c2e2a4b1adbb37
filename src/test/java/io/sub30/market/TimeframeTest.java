package io.sub30.market;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TimeframeTest {

  @Test
  void floor_boundaries_isTheStartOfTheBar() {
    assertThat(Timeframe.M1.floor(0)).isZero();
    assertThat(Timeframe.M1.floor(59_999)).isZero();
    assertThat(Timeframe.M1.floor(60_000)).isEqualTo(60_000);
    assertThat(Timeframe.M1.floor(-1)).isEqualTo(-60_000);
    assertThat(Timeframe.H4.floor(14_400_000L * 3 + 1)).isEqualTo(14_400_000L * 3);
  }

  @Test
  void ceiling_boundaries_isTheStartOfTheBarOrTheNext() {
    assertThat(Timeframe.M1.ceiling(0)).isZero();
    assertThat(Timeframe.M1.ceiling(1)).isEqualTo(60_000);
    assertThat(Timeframe.M1.ceiling(60_000)).isEqualTo(60_000);
    assertThat(Timeframe.M1.ceiling(-59_999)).isZero();
  }
}
