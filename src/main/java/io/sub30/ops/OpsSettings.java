package io.sub30.ops;

import io.sub30.config.ConfigException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where operations are served, and what must be there for this process to be ready.
 *
 * @param host to bind to; on a loopback address only requests for a loopback host are answered
 * @param port 0 to 65535; 0 takes any free one
 * @param components that must be on every lane, by the names in their heartbeats
 * @param lanes the ids of this process's lanes
 * @param operators who may ask when the host is not a loopback one; null is refused there
 */
public record OpsSettings(
    String host,
    int port,
    Set<String> components,
    Set<Integer> lanes,
    @Nullable Operators operators) {
  public OpsSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("ops.port is " + port + ", it must be 0 to 65535");
    }
    components = Set.copyOf(components);
    lanes = Set.copyOf(lanes);
  }

  /** For a loopback address, where everybody may ask who can. */
  public OpsSettings(String host, int port, Set<String> components, Set<Integer> lanes) {
    this(host, port, components, lanes, null);
  }

  /**
   * Whether only this machine can reach that host. Blocks while a name is looked up.
   *
   * @throws ConfigException when it is no address of this machine
   */
  public static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new ConfigException("ops.host is " + host + ", which is no address of this machine", e);
    }
  }
}
