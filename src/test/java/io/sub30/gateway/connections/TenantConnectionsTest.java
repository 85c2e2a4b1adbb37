package io.sub30.gateway.connections;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TenantConnectionsTest {

  private final TenantConnections connections = new TenantConnections();

  @Test
  void join_atTheBound_isRefusedForThatTenantAlone() {
    assertThat(connections.join("a", 2)).isTrue();
    assertThat(connections.join("a", 2)).isTrue();
    assertThat(connections.join("a", 2)).isFalse();
    assertThat(connections.join("b", 2)).isTrue();
    connections.leave("a");
    assertThat(connections.join("a", 2)).isTrue();
    assertThat(connections.join("a", 2)).isFalse();
  }

  @Test
  void leave_theLast_forgetsTheTenant() {
    connections.join("a", 1);
    connections.leave("a");
    assertThat(connections.tenants()).isZero();
    connections.leave("a");
    assertThat(connections.tenants()).isZero();
  }
}
