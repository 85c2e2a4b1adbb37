package io.sub30.gateway.connections;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ControlFramesTest {

  private final ControlFrames frames = new ControlFrames(3, Long.MAX_VALUE);
  private long nowNanos = Long.MAX_VALUE;

  private int acceptedOf(int count, long work) {
    int accepted = 0;
    for (int i = 0; i < count; i++) {
      if (!frames.floods(nowNanos, work)) {
        accepted++;
      }
    }
    return accepted;
  }

  @Test
  void floods_withoutWork_fromOneMoreThanTheBoundOn() {
    assertThat(acceptedOf(3, 0)).isEqualTo(3);
    assertThat(acceptedOf(3, 0)).isZero();
  }

  @Test
  void floods_afterTheWindow_countsAnew() {
    acceptedOf(3, 0);
    nowNanos += TimeUnit.SECONDS.toNanos(10);
    assertThat(acceptedOf(1, 0)).isZero();
    nowNanos++;
    assertThat(acceptedOf(4, 0)).isEqualTo(3);
  }

  @Test
  void floods_afterWork_countsAnew() {
    acceptedOf(3, 0);
    assertThat(acceptedOf(4, 1)).isEqualTo(3);
    assertThat(acceptedOf(1, 1)).isZero();
  }
}
