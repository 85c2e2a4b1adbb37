package io.sub30.database.cache;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Until when what was kept of each tenant is forgotten. Forgetting a tenant is one entry here, not
 * a walk through the cache; beyond the bound the tenant longest unheard of makes room, and what is
 * as old as that is forgotten of everybody. Lane-bound; not thread-safe.
 */
final class Forgotten {

  static final int MAX_TENANTS = 16_384;

  private final int maxTenants;
  private final Map<String, Long> untilNanos = new LinkedHashMap<>();
  private boolean everybody;
  private long everybodyUntilNanos;

  Forgotten(int maxTenants) {
    this.maxTenants = maxTenants;
  }

  void add(String tenant, long nowNanos) {
    untilNanos.remove(tenant); // and to the end: the first one is the oldest
    if (untilNanos.size() >= maxTenants) {
      Map.Entry<String, Long> oldest = untilNanos.entrySet().iterator().next();
      everybody = true;
      everybodyUntilNanos = oldest.getValue();
      untilNanos.remove(oldest.getKey());
    }
    untilNanos.put(tenant, nowNanos);
  }

  /** Whether something kept at that moment is forgotten. */
  boolean covers(String tenant, long keptNanos) {
    if (everybody && keptNanos - everybodyUntilNanos <= 0) {
      return true;
    }
    Long until = untilNanos.get(tenant);
    return until != null && keptNanos - until <= 0;
  }

  /** When nothing is kept any more. */
  void clear() {
    untilNanos.clear();
    everybody = false;
  }
}
