package io.sub30.database.postgres;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.function.Supplier;

/**
 * A lock in the database that one session holds for as long as it lives: who has it is the only
 * process that spools for this system of record. Lane-bound; not thread-safe.
 */
public final class OwnerLock {

  /** "sub30" and a number, as a key of advisory locks; any constant does. */
  private static final long KEY = 0x7375_6233_3000_0001L;

  /** Taken once a session: taking it again would only count up. */
  private static final String HELD =
      "select case when exists (select from pg_locks where locktype = 'advisory' and pid ="
          + " pg_backend_pid() and database = (select oid from pg_database where datname ="
          + " current_database()) and (classid::bigint << 32) | objid::bigint = "
          + KEY
          + " and granted) then true else pg_try_advisory_lock("
          + KEY
          + ") end";

  private final Supplier<Pool> pool;

  /**
   * @param pool of one connection, whose session holds the lock
   */
  public OwnerLock(Supplier<Pool> pool) {
    this.pool = pool;
  }

  /** Whether this session has it, now or already. */
  public Future<Boolean> held() {
    return pool.get().query(HELD).execute().map(rows -> rows.iterator().next().getBoolean(0));
  }
}
