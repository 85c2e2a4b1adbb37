package io.sub30.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {
  @Test
  void dueNanos_rateOfThree_doesNotDrift() {
    Pace pace = new Pace.Rate(3);

    assertThat(pace.dueNanos(3_000_000, 0)).isEqualTo(1_000_000L * 1_000_000_000L);
  }

  @Property
  void dueNanos_anyRate_staysWithinAMicrosecondOfTheLine(
      @ForAll @DoubleRange(min = 0.1, max = 1_000_000) double rate,
      @ForAll @LongRange(min = 0, max = 100_000_000) long index) {
    double seconds = index / rate;

    assertThat(new Pace.Rate(rate).dueNanos(index, 0) / 1e9 - seconds)
        .isBetween(-1e-6 - seconds * 1e-12, 1e-6 + seconds * 1e-12);
  }

  @Test
  void dueNanos_twiceRealTime_halvesMarketTime() {
    assertThat(new Pace.Speed(2).dueNanos(99, 3_000)).isEqualTo(1_500_000_000L);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, 1_000_001, Double.POSITIVE_INFINITY})
  void new_outOfRange_isRefusedWithTheValue(double value) {
    assertThatThrownBy(() -> new Pace.Rate(value)).hasMessageContaining(String.valueOf(value));
    assertThatThrownBy(() -> new Pace.Speed(value)).hasMessageContaining(String.valueOf(value));
  }
}
