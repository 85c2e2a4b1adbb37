package io.sub30.database;

import io.sub30.budget.NanoClock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When each tenant of a lane last wrote, so that it reads its own writes: a replica may answer a
 * tenant only if it shows everything up to then. By time and not by the log's position, because
 * {@code pg_current_wal_lsn()} would cost every commit a round trip; what it costs instead is that
 * a tenant which wrote just now reads the primary for some hundreds of milliseconds.
 *
 * <p>A tenant that nothing is known of (never seen, forgotten for room, or new to this lane) counts
 * as one that wrote just now, so forgetting is always safe. A tenant that is moved to another lane
 * and back counts from its cell's next opening, too. Lane-bound; not thread-safe.
 */
final class LastCommits {

  /** Tenants remembered, about 100 bytes each; the one longest unheard of makes room. */
  static final int MAX_TENANTS = 16_384;

  private final NanoClock clock;
  private final int maxTenants;
  private final Map<String, Moment> moments = new LinkedHashMap<>(16, 0.75f, true);

  private static final class Moment {
    long nanos;
  }

  LastCommits(NanoClock clock, int maxTenants) {
    this.clock = clock;
    this.maxTenants = maxTenants;
  }

  /** The tenant has written: to be called when that is known, before the tenant is told. */
  void wrote(String tenant) {
    Moment moment = moments.get(tenant);
    if (moment == null) {
      moment = remember(tenant);
    }
    moment.nanos = clock.nanoTime();
  }

  /** When the tenant last wrote, at the latest. */
  long writtenNanos(String tenant) {
    Moment moment = moments.get(tenant);
    if (moment == null) {
      moment = remember(tenant);
      moment.nanos = clock.nanoTime();
    }
    return moment.nanos;
  }

  private Moment remember(String tenant) {
    if (moments.size() >= maxTenants) {
      moments.remove(moments.keySet().iterator().next());
    }
    Moment moment = new Moment();
    moments.put(tenant, moment);
    return moment;
  }

  int tenants() {
    return moments.size();
  }
}
