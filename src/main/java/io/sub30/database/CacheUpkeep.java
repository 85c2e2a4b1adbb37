package io.sub30.database;

import io.sub30.database.cache.TieredCache;
import io.sub30.database.cache.WriteNotices;

/** What a lane forgets when others write. Lane-bound. */
final class CacheUpkeep implements WriteNotices.Listener {

  private final LatestValues latest;
  private final TieredCache cache;

  /**
   * @param cache over Redis, which has what others put there
   */
  CacheUpkeep(LatestValues latest, TieredCache cache) {
    this.latest = latest;
    this.cache = cache;
  }

  @Override
  public void wrote(String tenant, long epoch) {
    latest.spells().lostTo(tenant, epoch);
    cache.forget(tenant);
  }

  @Override
  public void missed() {
    latest.hearing(true);
    cache.forgetAll();
  }

  /** The cache over Redis keeps what it has: it is what is left when nothing else answers. */
  @Override
  public void deaf() {
    latest.hearing(false);
  }
}
