package io.sub30.node;

import io.sub30.config.ConfigException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Settles on a port before the listeners are deployed: all lanes must listen on the same one, and a
 * port that is taken deserves a message of its own.
 */
final class Ports {

  /**
   * Below those that Linux gives to whoever asks for any, and to connections: between its choice
   * here and its listener many such are made, the databases' own among them.
   */
  private static final int LOWEST = 20_000;

  private static final int HIGHEST = 32_000;

  private static final int ATTEMPTS = 100;

  private Ports() {}

  /**
   * The configured port, or a free one when it is 0.
   *
   * @param taken one that is spoken for, though nobody listens there yet; 0: none
   * @throws ConfigException when the address is not to be had
   */
  static int settle(String key, String host, int configured, int taken) {
    for (int i = 0; i < ATTEMPTS && configured == 0; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      try {
        if (port != taken) {
          return probe(host, port);
        }
      } catch (IOException e) {
        // Another one may be free.
      }
    }
    try {
      return probe(host, configured);
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

  private static int probe(String host, int port) throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(host, port));
      return probe.getLocalPort();
    }
  }
}
