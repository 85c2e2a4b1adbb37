package io.sub30.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadinessTest {

  private long nowNanos = Long.MAX_VALUE - 1;
  private final Readiness readiness = new Readiness(() -> nowNanos);

  @Test
  void ready_nothingHeard_isFalse() {
    assertThat(readiness.ready()).isFalse();
  }

  @Test
  void ready_isWhatWasHeardLast() {
    readiness.heard(true);
    assertThat(readiness.ready()).isTrue();
    readiness.heard(false);
    assertThat(readiness.ready()).isFalse();
  }

  @Test
  void ready_heardTooLongAgo_isFalse() {
    readiness.heard(true);
    nowNanos += Readiness.MAX_AGE_NANOS;
    assertThat(readiness.ready()).isTrue();
    nowNanos++;
    assertThat(readiness.ready()).isFalse();
  }
}
