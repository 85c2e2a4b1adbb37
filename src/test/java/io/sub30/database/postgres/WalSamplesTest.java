package io.sub30.database.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WalSamplesTest {

  private final WalSamples samples = new WalSamples();

  @Test
  void replayed_noSample_isNothing() {
    assertThat(samples.replayed(Long.MAX_VALUE)).isEmpty();
    assertThat(samples.newestPosition()).isZero();
  }

  @Test
  void replayed_aroundAPosition_isTheNewestThatWasReached() {
    samples.add(10, 100);
    samples.add(20, 200);
    samples.add(30, 300);

    assertThat(samples.replayed(99)).isEmpty();
    assertThat(samples.replayed(100)).hasValue(10);
    assertThat(samples.replayed(299)).hasValue(20);
    assertThat(samples.replayed(300)).hasValue(30);
    assertThat(samples.newestPosition()).isEqualTo(300);
  }

  @Test
  void replayed_idlePrimary_isTheLastOfEqualPositions() {
    samples.add(10, 100);
    samples.add(20, 100);
    assertThat(samples.replayed(100)).hasValue(20);
  }

  @Test
  void add_moreThanAreKept_forgetsTheOldest() {
    for (int i = 0; i <= WalSamples.KEPT; i++) {
      samples.add(i, 100 + i);
    }
    assertThat(samples.replayed(100)).isEmpty();
    assertThat(samples.replayed(101)).hasValue(1);
    assertThat(samples.replayed(100 + WalSamples.KEPT)).hasValue(WalSamples.KEPT);
  }

  @Test
  void add_positionWentBack_forgetsWhatWasBefore() {
    assertThat(samples.add(10, 100)).isTrue();
    assertThat(samples.add(20, 50)).isFalse();

    assertThat(samples.replayed(49)).isEmpty();
    assertThat(samples.replayed(100)).hasValue(20);
    assertThat(samples.add(30, 60)).isTrue();
  }
}
