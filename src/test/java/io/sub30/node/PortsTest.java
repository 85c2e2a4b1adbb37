package io.sub30.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.config.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortsTest {

  private static final String LOOPBACK = "127.0.0.1";

  @Test
  void settle_zero_isAFreePort() throws IOException {
    int port = Ports.settle("http.port", LOOPBACK, 0, 0);

    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(LOOPBACK))) {
      assertThat(socket.getLocalPort()).isEqualTo(port).isPositive();
    }
  }

  @Test
  void settle_taken_isRefusedNamingThePortAndTheVariable() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
      int taken = other.getLocalPort();
      for (String host : new String[] {LOOPBACK, "0.0.0.0"}) {
        assertThatThrownBy(() -> Ports.settle("ops.port", host, taken, 0))
            .isInstanceOf(ConfigException.class)
            .hasMessageContaining("ops.port: cannot listen on " + host + ":" + taken)
            .hasMessageContaining("SUB30_OPS_PORT");
      }
    }
  }

  @Test
  void settle_hostOfNobody_isRefused() {
    assertThatThrownBy(() -> Ports.settle("http.port", "192.0.2.1", 0, 0))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cannot listen on 192.0.2.1:0");
    assertThatThrownBy(() -> Ports.settle("http.port", "no.such.host.invalid", 0, 0))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no.such.host.invalid");
  }
}
