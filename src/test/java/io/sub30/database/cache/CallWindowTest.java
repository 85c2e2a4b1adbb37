package io.sub30.database.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CallWindowTest {

  @Test
  void record_everyOtherFails_countsHalf() {
    CallWindow window = new CallWindow();
    int failures = 0;
    for (int i = 0; i < 3 * CallWindow.CALLS; i++) {
      failures = window.record(i % 2 == 0);
    }
    assertThat(failures).isEqualTo(CallWindow.CALLS / 2);
  }

  @Test
  void record_successesAfterFailures_forgetsOnlyTheOldest() {
    CallWindow window = new CallWindow();
    window.record(true);
    int failures = window.record(true);
    assertThat(failures).isEqualTo(2);
    for (int i = 0; i < CallWindow.CALLS - 1; i++) {
      failures = window.record(false);
    }
    assertThat(failures).isEqualTo(1);
    assertThat(window.record(false)).isZero();
  }

  @Test
  void clear_afterFailures_startsFromNothing() {
    CallWindow window = new CallWindow();
    for (int i = 0; i < CallWindow.CALLS; i++) {
      window.record(true);
    }
    window.clear();
    assertThat(window.record(true)).isEqualTo(1);
  }
}
