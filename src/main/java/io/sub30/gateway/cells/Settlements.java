package io.sub30.gateway.cells;

import io.sub30.budget.Deadline;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.v1.SettleReply;
import io.sub30.v1.SettleRequest;
import io.sub30.v1.Settlement;
import io.sub30.v1.StoreReply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows a batch once its outcome is known, or until it is: whoever holds a tentative change
 * of it is told to keep it or to take it back. Off the path: the client has its answer.
 */
final class Settlements {

  private static final Logger log = LoggerFactory.getLogger(Settlements.class);

  /**
   * Settling and looking up belong to no deadline of a client's; this only keeps them from hanging
   * for ever.
   */
  static final long OFF_PATH_NANOS = 10_000_000_000L;

  private static final long FIRST_RETRY_MILLIS = 20;
  private static final long LAST_RETRY_MILLIS = 1_000;

  private final Vertx vertx;
  private final Bus bus;
  private final int lane;
  private final Checkpoints checkpoints;

  Settlements(Vertx vertx, Bus bus, int lane, Checkpoints checkpoints) {
    this.vertx = vertx;
    this.bus = bus;
    this.lane = lane;
    this.checkpoints = checkpoints;
  }

  /**
   * Nobody knows whether the batch was committed: the cell waits until the server says so, however
   * long that takes.
   */
  Future<Void> resolve(Cell cell, Turn turn) {
    return resolve(cell, turn, FIRST_RETRY_MILLIS);
  }

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
                  "request {} ({}): whether sequence {} of {}/{} was committed is not known yet,"
                      + " asking again in {} ms: {}",
                  turn.request.requestId(),
                  turn.request.ledger().traceparent(),
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
  Future<Void> settle(Cell cell, Turn turn, Settlement settlement) {
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
      long ordinal = cell.lastOrdinal();
      checkpoints
          .save(cell, offPath, bridge, trading)
          .onFailure(
              failure ->
                  log.warn(
                      "the checkpoint of tenant {} at batch {} was not saved: {}",
                      cell.tenant,
                      ordinal,
                      failure.getMessage()));
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
