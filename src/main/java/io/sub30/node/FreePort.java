package io.sub30.node;

import io.sub30.config.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * A TCP port of 127.0.0.1 that was free a moment ago. Another process may take it before it is
 * used: callers try again, {@link #ATTEMPTS} times in all.
 */
final class FreePort {

  static final int ATTEMPTS = 4;

  private FreePort() {}

  static int next() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new ConfigException("no free TCP port on 127.0.0.1: " + e.getMessage(), e);
    }
  }
}
