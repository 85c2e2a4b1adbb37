package io.sub30.ops;

import java.util.Set;

/**
 * Where operations are served, and what must be there for this process to be ready.
 *
 * @param host to bind to; on a loopback address only requests for a loopback host are answered
 * @param port 0 to 65535; 0 takes any free one
 * @param components that must be on every lane, by the names in their heartbeats
 * @param lanes the ids of this process's lanes
 */
public record OpsSettings(String host, int port, Set<String> components, Set<Integer> lanes) {
  public OpsSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("ops.port is " + port + ", it must be 0 to 65535");
    }
    components = Set.copyOf(components);
    lanes = Set.copyOf(lanes);
  }
}
