package io.sub30.database.columnar;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.BreakerLimits;
import io.sub30.budget.BreakerState;
import io.sub30.budget.FakeNanoClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackOffTest {

  private static final BreakerLimits LIMITS = BreakerLimits.DEFAULT;
  private final BackOff backOff = new BackOff(LIMITS, new FakeNanoClock(0));

  @Test
  void failed_again_waitsTwiceAsLongUpToTheBound() {
    List<Integer> waits = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      waits.add(backOff.failed(1, "away"));
    }
    assertThat(waits).containsExactly(100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000);
    backOff.succeeded();
    assertThat(backOff.failed(1, "away")).isEqualTo(100);
  }

  @Test
  void status_throughAnOutage_isThatOfABreaker() {
    backOff.trying();
    assertThat(backOff.status().state()).isEqualTo(BreakerState.CLOSED);
    backOff.failed(1, "disk full");
    assertThat(backOff.status().state()).isEqualTo(BreakerState.OPEN);
    backOff.trying();
    assertThat(backOff.status().state()).isEqualTo(BreakerState.HALF_OPEN);
    backOff.failed(1, "still full");
    assertThat(backOff.status().state()).isEqualTo(BreakerState.OPEN);
    assertThat(backOff.status().opened()).isEqualTo(1);
    assertThat(backOff.status().lastCause()).isEqualTo("still full");
    backOff.trying();
    backOff.succeeded();
    assertThat(backOff.status().state()).isEqualTo(BreakerState.CLOSED);
    backOff.failed(1, "again");
    assertThat(backOff.status().opened()).isEqualTo(2);
  }

  @Test
  void appended_slowly_isCountedAndHoldsNothingUp() {
    backOff.appended(LIMITS.slowNanos() - 1);
    for (int i = 0; i < 100; i++) {
      backOff.appended(LIMITS.slowNanos());
    }
    assertThat(backOff.status().state()).isEqualTo(BreakerState.CLOSED);
    assertThat(backOff.status().calls()).isEqualTo(101);
    assertThat(backOff.status().slow()).isEqualTo(100);
    assertThat(backOff.status().slowRate()).isEqualTo(100 / 101.0);
  }
}
