package io.sub30.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class GroundworkTest {

  /** The build brings its library for both machines this runs on, so it must load. */
  @Test
  void transport_onLinux_isItsOwn() {
    assertThat(Groundwork.transport().name()).isEqualTo("epoll");
  }
}
