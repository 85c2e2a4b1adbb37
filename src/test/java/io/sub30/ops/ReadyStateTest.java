package io.sub30.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.ops.ReadyState.Phase;
import org.junit.jupiter.api.Test;

class ReadyStateTest {

  private final ReadyState state = new ReadyState();

  @Test
  void phase_inOrder_goesForward() {
    assertThat(state.phase()).isEqualTo(Phase.STARTING);
    state.deployed();
    assertThat(state.phase()).isEqualTo(Phase.WARMING);
    state.warmedUp();
    assertThat(state.phase()).isEqualTo(Phase.READY);
    state.stopping();
    assertThat(state.phase()).isEqualTo(Phase.STOPPING);
  }

  @Test
  void phase_onceStopping_isNeverReadyAgain() {
    state.stopping();
    state.deployed();
    state.warmedUp();

    assertThat(state.phase()).isEqualTo(Phase.STOPPING);
  }
}
