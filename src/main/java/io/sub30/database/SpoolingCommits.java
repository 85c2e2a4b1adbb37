package io.sub30.database;

import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.database.BatchWriter.Write;
import io.sub30.database.BatchWriter.Written;
import io.sub30.v1.StoreRequest;
import io.vertx.core.Future;

/**
 * Commits, or journals what cannot be committed for want of the server, and whatever follows it of
 * the same tenant for as long as that waits, so that a tenant's batches stay in order.
 *
 * <p>A commit whose outcome is unknown is journalled as well, the very same batch under the same
 * key, ordinal and epoch. That is sound: whichever of the two comes first, the other finds the key
 * and writes nothing. Nobody must raise the cell's epoch meanwhile, see {@link StoreService}.
 *
 * <p>Only a batch whose sequence is certainly new is journalled: of any other one the answer is in
 * the system of record. Lane-bound; not thread-safe.
 */
final class SpoolingCommits implements Commits {

  private final Commits commits;
  private final SpoolWorker spool;
  private final GroupCommit journal;

  /**
   * @param maxGroup batches that may share one sync of the disk
   * @param maxPending batches that may wait for the next one
   */
  SpoolingCommits(Commits commits, SpoolWorker spool, int maxGroup, int maxPending) {
    this.commits = commits;
    this.spool = spool;
    this.journal = new GroupCommit(spool::append, maxGroup, maxPending);
  }

  @Override
  public Future<Written> write(Write write) {
    if (spool.spool().holds(write.tenant())) {
      return journal(
          write,
          unavailable("earlier batches of the tenant wait in the spool; nothing was stored"));
    }
    return commits
        .write(write)
        .recover(
            failure ->
                ServerFault.tells(failure)
                    ? journal(write, failure)
                    : Future.failedFuture(failure));
  }

  /**
   * @param otherwise how it fails when it cannot be journalled: that tells whether it may have been
   *     committed
   */
  private Future<Written> journal(Write write, Throwable otherwise) {
    StoreRequest request = write.request();
    if (!request.getProvablyNew() || request.getEpoch() == StoreService.NOBODYS_EPOCH) {
      return Future.failedFuture(otherwise);
    }
    if (!spool.spool().reserve(write)) {
      return Future.failedFuture(
          otherwise instanceof BatchWriter.OutcomeUnknown
              ? otherwise
              : unavailable(
                  "the system of record is away and the spool takes no more; nothing was stored"));
    }
    return journal
        .write(write)
        .recover(
            failure -> {
              spool.spool().release(write.tenant(), request);
              return Future.failedFuture(
                  otherwise instanceof BatchWriter.OutcomeUnknown ? otherwise : failure);
            });
  }

  private static HopFailure unavailable(String why) {
    return new HopFailure(Hop.DATABASE_SERVICE, FailureCode.UNAVAILABLE, why);
  }
}
