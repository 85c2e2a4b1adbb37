package io.sub30.database;

import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.database.BatchWriter.Write;
import io.sub30.database.spool.Spool;
import io.sub30.database.spool.SpoolEntry;
import io.sub30.v1.LookupRequest;
import io.sub30.v1.StoreReply;
import io.sub30.v1.StoreRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The spool as a lane asks it: what blocks runs on the one worker that all lanes share. */
final class SpoolWorker {

  private static final Logger log = LoggerFactory.getLogger(SpoolWorker.class);

  private final Spool spool;
  private final WorkerExecutor worker;

  SpoolWorker(Vertx vertx, Spool spool) {
    this.spool = spool;
    this.worker = vertx.createSharedWorkerExecutor("spool", 1);
  }

  Spool spool() {
    return spool;
  }

  /** Writes a group; all of it is durable, or none of it will be acknowledged. */
  Future<List<BatchWriter.Written>> append(List<Write> group) {
    return run(
        () -> {
          spool.append(group);
          return group.stream().map(write -> BatchWriter.Written.SPOOLED).toList();
        });
  }

  /** What waits under this key: a duplicate, a conflict, or nothing. */
  Future<Optional<StoreReply>> find(String tenant, LookupRequest asked) {
    return run(
        () ->
            spool
                .find(tenant, asked.getTerminal(), asked.getSequence())
                .map(held -> reply(held, asked)));
  }

  private static StoreReply reply(StoreRequest held, LookupRequest asked) {
    StoreReply.Builder reply = StoreReply.newBuilder().setOrdinal(held.getOrdinal());
    return held.getContentHash().equals(asked.getContentHash())
        ? reply.setOutcome(StoreReply.Outcome.DUPLICATE).setStored(held.getOutcome()).build()
        : reply.setOutcome(StoreReply.Outcome.CONFLICT).build();
  }

  Future<List<SpoolEntry>> oldest(int limit) {
    return run(() -> spool.oldest(limit));
  }

  Future<Void> drained(List<SpoolEntry> done) {
    return this.<Boolean>run(
            () -> {
              spool.drained(done);
              return true;
            })
        .mapEmpty();
  }

  Future<Void> setAside(SpoolEntry entry, String reason) {
    return this.<Boolean>run(
            () -> {
              spool.setAside(entry, reason);
              return true;
            })
        .mapEmpty();
  }

  private <T> Future<T> run(Callable<T> work) {
    return worker
        .executeBlocking(work, false)
        .recover(
            failure -> {
              log.error("the spool failed", failure);
              return Future.failedFuture(
                  new HopFailure(
                      Hop.DATABASE_SERVICE, FailureCode.UNAVAILABLE, "the spool cannot be used"));
            });
  }
}
