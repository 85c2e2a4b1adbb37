package io.sub30.database;

import io.sub30.config.ConfigException;
import io.sub30.database.BatchWriter.OutcomeUnknown;
import io.sub30.database.BatchWriter.Write;
import io.sub30.database.BatchWriter.Written;
import io.sub30.database.postgres.Cells;
import io.sub30.database.postgres.OwnerLock;
import io.sub30.database.postgres.Pools;
import io.sub30.database.spool.SpoolEntry;
import io.sub30.v1.LookupRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the spool holds into the system of record, oldest first, as soon as that is back. A
 * batch leaves the journal only when it is known to be there: one whose commit was not heard of is
 * simply written again, and its key tells that it is there. One that can never be committed
 * (another process owns the cell now, or the key holds another batch) is set aside and reported.
 *
 * <p>It also holds the lock that keeps a second spooling process from the same system of record.
 * Lane-bound, on one lane of the process; not thread-safe.
 */
final class SpoolDrain {

  private static final Logger log = LoggerFactory.getLogger(SpoolDrain.class);
  private static final long PERIOD_MILLIS = 500;
  private static final int PAGE = 64;
  private static final int LOCK_ATTEMPTS = 20;

  private final Vertx vertx;
  private final SpoolWorker spool;
  private final Pools pools;
  private final BatchWriter writer;
  private final OwnerLock lock;
  private final Cells cells;
  private boolean busy;

  /**
   * @param pools its own: the lock is the commit connection's
   * @param writer on the commit connection of {@code pools}, with a time limit
   */
  SpoolDrain(Vertx vertx, SpoolWorker spool, Pools pools, BatchWriter writer) {
    this.vertx = vertx;
    this.spool = spool;
    this.pools = pools;
    this.writer = writer;
    this.lock = new OwnerLock(pools::commits);
    this.cells = new Cells(pools.reads());
  }

  /**
   * Takes the lock, or fails with {@link ConfigException}; then drains whenever there is need. The
   * session of a process that was killed a moment ago may hold it a little longer.
   */
  Future<Void> start() {
    return taken(LOCK_ATTEMPTS)
        .map(
            taken -> {
              vertx.setPeriodic(PERIOD_MILLIS, id -> turn());
              turn();
              return taken;
            });
  }

  private Future<Void> taken(int attempts) {
    return lock.held()
        .compose(
            held ->
                held
                    ? Future.<Void>succeededFuture()
                    : Future.failedFuture(
                        new ConfigException(
                            "database.when_down is spool and another process spools for the same"
                                + " PostgreSQL; it must be refuse when several processes share"
                                + " one")))
        .recover(
            failure ->
                attempts > 1
                    ? vertx
                        .timer(PERIOD_MILLIS, TimeUnit.MILLISECONDS)
                        .compose(passed -> taken(attempts - 1))
                    : Future.failedFuture(failure));
  }

  private void turn() {
    if (busy) {
      return;
    }
    busy = true;
    lock.held()
        .compose(
            held ->
                held
                    ? page()
                    : Future.failedFuture(
                        new IllegalStateException("another process holds the spool's lock")))
        .onComplete(
            done -> {
              busy = false;
              if (done.failed() && spool.spool().entries() > 0) {
                log.info("the spool is not drained yet: {}", done.cause().toString());
              }
            });
  }

  private Future<Void> page() {
    if (spool.spool().entries() == 0) {
      return Future.succeededFuture();
    }
    return spool
        .oldest(PAGE)
        .compose(
            entries ->
                entries.isEmpty()
                    ? Future.succeededFuture()
                    : write(entries).compose(done -> page()));
  }

  private Future<Void> write(List<SpoolEntry> entries) {
    List<Write> group =
        entries.stream().map(entry -> new Write(entry.tenant(), entry.request())).toList();
    return writer
        .write(group)
        .compose(
            outcomes -> settle(entries, outcomes),
            failure -> {
              if (failure instanceof OutcomeUnknown || ServerFault.tells(failure)) {
                return Future.failedFuture(failure); // the server: again at the next turn
              }
              return entries.size() == 1
                  ? aside(entries.get(0), String.valueOf(failure.getMessage()))
                  : singly(entries, 0);
            });
  }

  private Future<Void> singly(List<SpoolEntry> entries, int from) {
    return from == entries.size()
        ? Future.succeededFuture()
        : write(List.of(entries.get(from))).compose(done -> singly(entries, from + 1));
  }

  private Future<Void> settle(List<SpoolEntry> entries, List<Written> outcomes) {
    List<SpoolEntry> there = new ArrayList<>(entries.size());
    List<SpoolEntry> doubtful = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      (outcomes.get(i) == Written.STORED ? there : doubtful).add(entries.get(i));
    }
    return spool.drained(there).compose(done -> check(doubtful, 0));
  }

  private Future<Void> check(List<SpoolEntry> doubtful, int from) {
    return from == doubtful.size()
        ? Future.succeededFuture()
        : check(doubtful.get(from)).compose(done -> check(doubtful, from + 1));
  }

  /** Not written this time: it was before, or it cannot be. */
  private Future<Void> check(SpoolEntry entry) {
    LookupRequest key =
        LookupRequest.newBuilder()
            .setTerminal(entry.request().getTerminal())
            .setSequence(entry.request().getSequence())
            .setContentHash(entry.request().getContentHash())
            .build();
    return cells
        .lookup(entry.tenant(), key)
        .compose(
            found ->
                switch (found.getOutcome()) {
                  case DUPLICATE, EXPIRED -> spool.drained(List.of(entry));
                  case CONFLICT -> aside(entry, "the sequence is stored with other content");
                  default -> aside(entry, "another process has taken the tenant's cell");
                });
  }

  private Future<Void> aside(SpoolEntry entry, String reason) {
    log.error(
        "sequence {} of {}/{} was acknowledged and cannot be committed; it is kept in the spool's"
            + " table set_aside: {}",
        entry.request().getSequence(),
        entry.tenant(),
        entry.request().getTerminal(),
        reason);
    return spool.setAside(entry, reason);
  }

  Future<Void> close() {
    return pools.close();
  }
}
