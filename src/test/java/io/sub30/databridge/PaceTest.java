package io.sub30.databridge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {

  private final Pace pace = new Pace();

  @Test
  void expectNanos_nothingOrOnlySmallBatchesSeen_expectsNothing() {
    pace.observe(99, 1_000_000_000);
    assertThat(pace.expectNanos(10_000)).isZero();
  }

  @Test
  void expectNanos_afterTheFirst_isInProportion() {
    pace.observe(500, 500_000);
    assertThat(pace.expectNanos(10_000)).isEqualTo(10_000_000);
  }

  @Test
  void observe_fasterAndFaster_comesDownToIt() {
    pace.observe(500, 5_000_000);
    for (int i = 0; i < 100; i++) {
      pace.observe(500, 150_000);
    }
    assertThat(pace.expectNanos(1_000)).isBetween(300_000L, 330_000L);
  }
}
