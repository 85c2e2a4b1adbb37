package io.sub30.database;

import io.sub30.bus.Envelope;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.database.BatchWriter.OutcomeUnknown;
import io.sub30.database.BatchWriter.Write;
import io.sub30.database.BatchWriter.Written;
import io.sub30.database.cache.WriteNotices;
import io.sub30.database.postgres.Cells;
import io.sub30.v1.CellHistory;
import io.sub30.v1.CheckpointRequest;
import io.sub30.v1.Done;
import io.sub30.v1.LookupRequest;
import io.sub30.v1.OpenCellRequest;
import io.sub30.v1.StoreReply;
import io.sub30.v1.StoreRequest;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code database.<lane>} does: stores batches in groups, says whether a key was committed,
 * and keeps the cells. A rehearsal passes through the same statements with an epoch that owns
 * nothing, so it writes nothing. Lane-bound; not thread-safe.
 */
final class StoreService {

  private static final Logger log = LoggerFactory.getLogger(StoreService.class);

  /** No cell has it: a commit that carries it joins no cell and writes nothing. */
  static final long NOBODYS_EPOCH = -1;

  private final Commits commits;
  private final Cells cells;
  private final PrimaryReads reads;
  private final RecentOutcomes recent;
  private final LastCommits lastCommits;
  private final LatestValues latest;
  private final WriteNotices notices;
  private final @Nullable SpoolWorker spool;

  /**
   * @param reads before everything that is asked of {@code cells}
   * @param notices told of what is written and taken here
   * @param spool where batches may wait; null when they are refused instead
   */
  StoreService(
      Commits commits,
      Cells cells,
      PrimaryReads reads,
      RecentOutcomes recent,
      LastCommits lastCommits,
      LatestValues latest,
      WriteNotices notices,
      @Nullable SpoolWorker spool) {
    this.commits = commits;
    this.cells = cells;
    this.reads = reads;
    this.recent = recent;
    this.lastCommits = lastCommits;
    this.latest = latest;
    this.notices = notices;
    this.spool = spool;
  }

  Future<StoreReply> store(Envelope<StoreRequest> envelope) {
    StoreRequest request = envelope.payload();
    return commits
        .write(new Write(envelope.tenant(), request))
        .recover(failure -> Future.failedFuture(failed(failure)))
        .compose(written -> reply(envelope, written));
  }

  private Future<StoreReply> reply(Envelope<StoreRequest> envelope, Written written) {
    StoreRequest request = envelope.payload();
    StoreReply.Builder reply = StoreReply.newBuilder().setOrdinal(request.getOrdinal());
    return switch (written) {
      case STORED -> {
        lastCommits.wrote(envelope.tenant());
        recent.remember(envelope.tenant(), request);
        latest.wrote(envelope.tenant(), request);
        notices.wrote(envelope.tenant(), request.getEpoch());
        yield Future.succeededFuture(reply.setOutcome(StoreReply.Outcome.STORED).build());
      }
      case SPOOLED -> {
        latest.wrote(envelope.tenant(), request);
        yield Future.succeededFuture(reply.setOutcome(StoreReply.Outcome.SPOOLED).build());
      }
      case FENCED -> {
        if (!envelope.rehearsal()) {
          latest.spells().lost(envelope.tenant());
        }
        yield Future.succeededFuture(
            reply
                .setOutcome(
                    envelope.rehearsal() ? StoreReply.Outcome.STORED : StoreReply.Outcome.FENCED)
                .build());
      }
      case KEY_TAKEN -> find(envelope.tenant(), lookupOf(request));
    };
  }

  private static LookupRequest lookupOf(StoreRequest request) {
    return LookupRequest.newBuilder()
        .setTerminal(request.getTerminal())
        .setSequence(request.getSequence())
        .setContentHash(request.getContentHash())
        .build();
  }

  Future<StoreReply> lookup(Envelope<LookupRequest> envelope) {
    LookupRequest request = envelope.payload();
    if (envelope.rehearsal()) {
      return Future.succeededFuture(
          StoreReply.newBuilder().setOutcome(StoreReply.Outcome.ABSENT).build());
    }
    if (request.getFence()) {
      return stored(envelope.tenant(), request);
    }
    return recent
        .find(envelope.tenant(), request)
        .compose(
            known ->
                known.isPresent()
                    ? Future.succeededFuture(heard(envelope.tenant(), known.get()))
                    : stored(envelope.tenant(), request));
  }

  /** In the spool or in the system of record. */
  private Future<StoreReply> stored(String tenant, LookupRequest request) {
    if (spool == null || !spool.spool().holds(tenant)) {
      return find(tenant, request);
    }
    return spool
        .find(tenant, request)
        .compose(
            held ->
                held.isPresent()
                    ? Future.succeededFuture(held.get())
                    : find(tenant, unfenced(request)));
  }

  /**
   * A batch that was to be journalled went nowhere else, and the epoch of those that wait must
   * stay: its cell, which finds no new epoch, is opened anew once they are committed.
   */
  private static LookupRequest unfenced(LookupRequest request) {
    return request.getFence() ? request.toBuilder().setFence(false).build() : request;
  }

  private Future<StoreReply> find(String tenant, LookupRequest request) {
    return reads
        .call(() -> cells.lookup(tenant, request))
        .map(reply -> found(tenant, reply))
        .recover(failure -> Future.failedFuture(unavailable(failure)));
  }

  /** A commit whose outcome was unknown may be the one that is found. */
  private StoreReply found(String tenant, StoreReply reply) {
    if (reply.getOutcome() != StoreReply.Outcome.ABSENT) {
      latest.spells().doubt(tenant);
    }
    return heard(tenant, reply);
  }

  /** A key that turns out to be stored was written at some moment until now. */
  private StoreReply heard(String tenant, StoreReply reply) {
    if (reply.getOutcome() != StoreReply.Outcome.ABSENT) {
      lastCommits.wrote(tenant);
    }
    return reply;
  }

  Future<CellHistory> open(Envelope<OpenCellRequest> envelope) {
    String tenant = envelope.tenant();
    // Whoever owned the cell before may have written until now.
    lastCommits.wrote(tenant);
    long after = envelope.payload().getAfterOrdinal();
    if (after == 0) {
      if (spool != null && spool.spool().holds(tenant)) {
        return Future.failedFuture(waiting());
      }
      latest.spells().lost(tenant);
    }
    return reads
        .call(() -> history(envelope, after))
        .onSuccess(history -> took(envelope, after, history.getEpoch()))
        .recover(failure -> Future.failedFuture(unavailable(failure)));
  }

  private Future<CellHistory> history(Envelope<?> envelope, long after) {
    if (envelope.rehearsal()) {
      // Like a real opening, which is then taken back.
      return cells
          .rehearse(envelope.tenant())
          .map(takenBack -> CellHistory.newBuilder().setEpoch(NOBODYS_EPOCH).setLast(true).build());
    }
    return after == 0 ? cells.take(envelope.tenant()) : cells.later(envelope.tenant(), after);
  }

  private void took(Envelope<?> envelope, long after, long epoch) {
    if (after > 0) {
      return;
    }
    latest.spells().taken(envelope.tenant(), epoch);
    if (!envelope.rehearsal()) {
      notices.wrote(envelope.tenant(), epoch);
    }
  }

  Future<Done> checkpoint(Envelope<CheckpointRequest> envelope) {
    if (envelope.rehearsal()) {
      return Future.succeededFuture(Done.getDefaultInstance());
    }
    if (spool != null && spool.spool().holds(envelope.tenant())) {
      // It would be ahead of what is stored.
      return Future.failedFuture(waiting());
    }
    return reads
        .call(() -> cells.save(envelope.tenant(), envelope.payload()))
        .map(saved -> Done.getDefaultInstance())
        .recover(failure -> Future.failedFuture(unavailable(failure)));
  }

  private static HopFailure waiting() {
    return new HopFailure(
        Hop.DATABASE_SERVICE,
        FailureCode.UNAVAILABLE,
        "earlier batches of the tenant wait in the spool and are not stored yet");
  }

  /**
   * {@code LATE} tells the asker that the outcome is unknown; everything else that nothing was
   * written.
   */
  private static HopFailure failed(Throwable failure) {
    if (failure instanceof HopFailure known) {
      return known;
    }
    if (failure instanceof OutcomeUnknown) {
      return new HopFailure(
          Hop.DATABASE_SERVICE, FailureCode.LATE, String.valueOf(failure.getMessage()));
    }
    return unavailable(failure);
  }

  /**
   * What the asker is told; the cause holds addresses and statements, which are the operators'
   * alone.
   */
  static HopFailure unavailable(Throwable failure) {
    if (failure instanceof HopFailure known) {
      return known;
    }
    log.warn("the system of record did not serve a request: {}", failure.toString());
    return new HopFailure(
        Hop.DATABASE_SERVICE,
        FailureCode.UNAVAILABLE,
        "the system of record did not serve the request");
  }
}
