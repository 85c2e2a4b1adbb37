package io.sub30.gateway.connections;

import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections each tenant has open, over all lanes. Holds only tenants that have one.
 * Thread-safe.
 */
public final class TenantConnections {

  private final ConcurrentHashMap<String, Integer> open = new ConcurrentHashMap<>();

  /** Counts one more of the tenant's, unless it has {@code max} already. */
  boolean join(String tenant, int max) {
    boolean[] joined = new boolean[1];
    open.compute(
        tenant,
        (key, count) -> {
          int before = count == null ? 0 : count;
          joined[0] = before < max;
          return joined[0] ? Integer.valueOf(before + 1) : count;
        });
    return joined[0];
  }

  /** One that was joined has closed. */
  void leave(String tenant) {
    open.computeIfPresent(tenant, (key, count) -> count == 1 ? null : count - 1);
  }

  int tenants() {
    return open.size();
  }
}
