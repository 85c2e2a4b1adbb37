package io.sub30.gateway;

import io.sub30.budget.Deadline;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.v1.SettleReply;
import io.sub30.v1.SettleRequest;
import io.sub30.v1.Settlement;
import io.sub30.v1.StoreReply;
import io.sub30.v1.SubmissionReply.Verdict;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The path of one batch through its lane, top to bottom:
 *
 * <pre>
 *   repeated? ── yes ─▶ the stored outcome
 *      │ no
 *   enrich ─▶ predict ─▶ decide ─▶ store ─▶ settle: committed | aborted
 *                                    └─ no answer ─▶ look it up, fenced ─▶ settle
 * </pre>
 *
 * The client is answered as soon as the outcome is known; the future of {@link #run} completes when
 * the cell may go on, which is after every component has settled. A prediction or a decision that
 * does not come in time degrades the answer; storing is never skipped, and nothing is acknowledged
 * that is not durable.
 */
final class BatchPath {

  private static final Logger log = LoggerFactory.getLogger(BatchPath.class);

  /**
   * Settling and looking up belong to no deadline of a client's; this only keeps them from hanging
   * for ever.
   */
  private static final long OFF_PATH_NANOS = 10_000_000_000L;

  private static final long LEAST_TO_STORE_NANOS = 1_000_000;
  private static final long FIRST_RETRY_MILLIS = 20;
  private static final long LAST_RETRY_MILLIS = 1_000;

  private final Vertx vertx;
  private final Bus bus;
  private final int lane;
  private final Checkpoints checkpoints;

  BatchPath(Vertx vertx, Bus bus, int lane, Checkpoints checkpoints) {
    this.vertx = vertx;
    this.bus = bus;
    this.lane = lane;
    this.checkpoints = checkpoints;
  }

  /** Takes the batch through the path; completes, and never fails, when the cell is free again. */
  Future<Void> run(Cell cell, Turn turn) {
    String terminal = turn.batch().getTerminal();
    if (cell.mayBeRepeated(terminal, turn.batch().getSequence())) {
      return lookUp(turn)
          .compose(
              found ->
                  found.getOutcome() == StoreReply.Outcome.ABSENT
                      ? walk(cell, turn)
                      : repeat(turn, found),
              failure -> giveUp(turn, failure));
    }
    return walk(cell, turn);
  }

  private Future<Void> walk(Cell cell, Turn turn) {
    return enrich(cell, turn)
        .compose(
            enriched ->
                turn.nothingValid() ? Future.succeededFuture() : predictDecideStore(cell, turn))
        .compose(stored -> conclude(cell, turn, stored), failure -> abandon(cell, turn, failure));
  }

  private Future<StoreReply> predictDecideStore(Cell cell, Turn turn) {
    return predict(turn).compose(predicted -> decide(turn)).compose(decided -> store(cell, turn));
  }

  // ---- the hops

  private Future<StoreReply> lookUp(Turn turn) {
    return bus.request(Address.LOOKUP, lane, turn.request, turn.lookupRequest(false));
  }

  private Future<Void> enrich(Cell cell, Turn turn) {
    return bus.request(Address.ENRICH, lane, turn.request, turn.enrichRequest(cell.nextOrdinal()))
        .map(
            enrichment -> {
              turn.enriched(enrichment);
              return null;
            });
  }

  private Future<Void> predict(Turn turn) {
    if (!turn.wantsPredictions()) {
      return Future.succeededFuture();
    }
    return bus.request(Address.PREDICT, lane, turn.request, turn.predictRequest())
        .transform(
            (predictions, failure) -> {
              if (failure == null) {
                turn.predicted(predictions);
              } else {
                turn.degradedBy((HopFailure) failure);
              }
              return Future.succeededFuture();
            });
  }

  private Future<Void> decide(Turn turn) {
    if (!turn.wantsSignals()) {
      return Future.succeededFuture();
    }
    return bus.request(Address.DECIDE, lane, turn.request, turn.decideRequest())
        .transform(
            (decision, failure) -> {
              if (failure == null) {
                turn.decided(decision);
              } else {
                turn.degradedBy((HopFailure) failure);
                turn.holdAll(reasonOfHold((HopFailure) failure));
              }
              return Future.succeededFuture();
            });
  }

  private static String reasonOfHold(HopFailure failure) {
    boolean late = failure.code() == FailureCode.LATE || failure.code() == FailureCode.EXPIRED;
    return late ? "budget" : "trading_unavailable";
  }

  /**
   * Once a commit is asked for, its outcome is awaited even past the client's deadline: the front
   * gives up on time by itself, and a cell that knows its outcome need not be fenced. With less
   * time left than a message takes, it is not asked at all.
   */
  private Future<StoreReply> store(Cell cell, Turn turn) {
    long remainingNanos = turn.request.deadline().remainingNanos();
    if (remainingNanos < LEAST_TO_STORE_NANOS) {
      String why =
          "nothing was stored: "
              + Math.max(0, remainingNanos / 1_000)
              + " us were left when it was to be";
      return Future.failedFuture(new HopFailure(Hop.DATABASE_SERVICE, FailureCode.EXPIRED, why));
    }
    Envelope<?> patient = turn.request.until(Deadline.after(OFF_PATH_NANOS, bus.clock()));
    return bus.request(Address.STORE, lane, patient, turn.storeRequest(cell.epoch()));
  }

  // ---- the endings

  private Future<Void> conclude(Cell cell, Turn turn, @Nullable StoreReply stored) {
    if (stored == null) {
      turn.answer(Verdict.NOTHING_VALID, turn.outcome());
      return settle(cell, turn, Settlement.ABORTED);
    }
    switch (stored.getOutcome()) {
      case STORED -> {
        turn.answer(Verdict.ACCEPTED, turn.outcome());
        return settle(cell, turn, Settlement.COMMITTED);
      }
      case DUPLICATE, CONFLICT, EXPIRED -> {
        cell.mark(turn.batch().getTerminal(), turn.batch().getSequence());
        answerRepeated(turn, stored);
        return settle(cell, turn, Settlement.ABORTED);
      }
      default -> {
        String why = "another owner has taken tenant " + cell.tenant + "; nothing was stored";
        turn.refuse(new HopFailure(Hop.DATABASE_SERVICE, FailureCode.UNAVAILABLE, why));
        return settle(cell, turn, Settlement.ABORTED).onComplete(done -> cell.close());
      }
    }
  }

  private Future<Void> repeat(Turn turn, StoreReply found) {
    answerRepeated(turn, found);
    return Future.succeededFuture();
  }

  private static void answerRepeated(Turn turn, StoreReply found) {
    switch (found.getOutcome()) {
      case DUPLICATE ->
          turn.answer(Verdict.ACCEPTED, found.getStored().toBuilder().setDuplicate(true).build());
      case CONFLICT -> turn.answer(Verdict.SEQUENCE_CONFLICT, TickResult.getDefaultInstance());
      default -> turn.answer(Verdict.SEQUENCE_EXPIRED, TickResult.getDefaultInstance());
    }
  }

  private static Future<Void> giveUp(Turn turn, Throwable failure) {
    turn.refuse(failure);
    return Future.succeededFuture();
  }

  private Future<Void> abandon(Cell cell, Turn turn, Throwable failure) {
    turn.refuse(failure);
    boolean unknown =
        failure instanceof HopFailure hop
            && hop.hop() == Hop.DATABASE_SERVICE
            && (hop.code() == FailureCode.LATE || hop.code() == FailureCode.INTERNAL);
    return unknown
        ? resolve(cell, turn, FIRST_RETRY_MILLIS)
        : settle(cell, turn, Settlement.ABORTED);
  }

  /**
   * Nobody knows whether the batch was committed: the cell waits until the server says so, however
   * long that takes.
   */
  private Future<Void> resolve(Cell cell, Turn turn, long retryMillis) {
    return bus.request(Address.LOOKUP, lane, offPath(turn), turn.lookupRequest(true))
        .compose(
            found -> {
              // Anything but the next epoch means that another owner had the cell in between.
              boolean stillOurs = found.getEpoch() == cell.epoch() + 1;
              cell.raisedTo(found.getEpoch());
              boolean committed =
                  found.getOutcome() == StoreReply.Outcome.DUPLICATE
                      && found.getOrdinal() == turn.ordinal();
              Future<Void> settled =
                  settle(cell, turn, committed ? Settlement.COMMITTED : Settlement.ABORTED);
              return stillOurs ? settled : settled.onComplete(done -> cell.close());
            },
            failure -> {
              log.warn(
                  "request {}: whether sequence {} of {}/{} was committed is not known yet, asking"
                      + " again in {} ms: {}",
                  turn.request.requestId(),
                  turn.batch().getSequence(),
                  cell.tenant,
                  turn.batch().getTerminal(),
                  retryMillis,
                  failure.getMessage());
              Promise<Void> later = Promise.promise();
              vertx.setTimer(
                  retryMillis,
                  id ->
                      resolve(cell, turn, Math.min(2 * retryMillis, LAST_RETRY_MILLIS))
                          .onComplete(later));
              return later.future();
            });
  }

  /**
   * Tells whoever holds a tentative change what became of it. If one cannot be told, the cell is
   * rebuilt from the store.
   */
  private Future<Void> settle(Cell cell, Turn turn, Settlement settlement) {
    boolean checkpoint = false;
    if (settlement == Settlement.COMMITTED) {
      cell.committed(
          turn.batch().getTerminal(),
          turn.batch().getSequence(),
          turn.ordinal(),
          turn.enrichment().getTicks().getTimeMscCount());
      checkpoint = checkpoints.due(cell);
    }
    SettleRequest request =
        SettleRequest.newBuilder()
            .setTerminal(turn.batch().getTerminal())
            .setOrdinal(turn.ordinal())
            .setSettlement(settlement)
            .setCheckpoint(checkpoint)
            .build();
    boolean committed = settlement == Settlement.COMMITTED;
    Envelope<?> offPath = offPath(turn);
    Future<SettleReply> bridge =
        settle(committed || turn.sentToBridge(), Address.BRIDGE_SETTLE, offPath, request);
    if (committed && turn.sentToTrading() && !turn.decisionStands()) {
      // It may have decided after all, but too late: that is undone before the batch counts.
      SettleRequest undo =
          request.toBuilder().setSettlement(Settlement.ABORTED).setCheckpoint(false).build();
      settle(true, Address.TRADING_SETTLE, offPath, undo);
    }
    Future<SettleReply> trading =
        settle(committed || turn.sentToTrading(), Address.TRADING_SETTLE, offPath, request);
    if (checkpoint) {
      checkpoints.save(cell, offPath, bridge, trading);
    }
    return Future.all(bridge, trading)
        .transform(
            (settled, failure) -> {
              if (failure != null) {
                log.error(
                    "tenant {} is rebuilt: a component did not settle batch {}",
                    cell.tenant,
                    turn.ordinal(),
                    failure);
                cell.close();
              }
              return Future.succeededFuture();
            });
  }

  private Future<SettleReply> settle(
      boolean concerned,
      Address<SettleRequest, SettleReply> address,
      Envelope<?> offPath,
      SettleRequest request) {
    return concerned
        ? bus.request(address, lane, offPath, request)
        : Future.succeededFuture(SettleReply.getDefaultInstance());
  }

  private Envelope<?> offPath(Turn turn) {
    return turn.request.offPath(Deadline.after(OFF_PATH_NANOS, bus.clock()));
  }
}
