package io.sub30.node;

import io.sub30.config.ConfigException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Locale;

/**
 * Settles on a port before the listeners are deployed: all lanes must listen on the same one, and a
 * port that is taken deserves a message of its own.
 */
final class Ports {

  private Ports() {}

  /**
   * The configured port, or a free one when it is 0.
   *
   * @throws ConfigException when the address is not to be had
   */
  static int settle(String key, String host, int configured) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(host, configured));
      return probe.getLocalPort();
    } catch (IOException e) {
      String variable = "SUB30_" + key.toUpperCase(Locale.ROOT).replace('.', '_');
      throw new ConfigException(
          key
              + ": cannot listen on "
              + host
              + ":"
              + configured
              + " ("
              + e.getMessage()
              + "); stop what uses it or set another port with "
              + variable,
          e);
    }
  }
}
