package io.sub30.gateway.cells;

import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.config.GatewayConfig;
import io.sub30.v1.CheckpointRequest;
import io.sub30.v1.Done;
import io.sub30.v1.SettleReply;
import io.sub30.v1.SettleRequest;
import io.sub30.v1.Settlement;
import io.vertx.core.Future;

/**
 * Saves a cell's state now and then, so that rebuilding it reads a bounded number of batches. Off
 * the path: nobody waits for it, and one that is lost only makes the next rebuilding longer.
 */
final class Checkpoints {

  private final Bus bus;
  private final int lane;
  private final GatewayConfig bounds;

  Checkpoints(Bus bus, int lane, GatewayConfig bounds) {
    this.bus = bus;
    this.lane = lane;
    this.bounds = bounds;
  }

  boolean due(Cell cell) {
    return cell.checkpointDue(bounds.checkpointBatches(), bounds.checkpointTicks());
  }

  /** Saves what the components answer as their state after the cell's last committed batch. */
  Future<Done> save(
      Cell cell, Envelope<?> origin, Future<SettleReply> bridge, Future<SettleReply> trading) {
    CheckpointRequest.Builder checkpoint =
        CheckpointRequest.newBuilder().setOrdinal(cell.lastOrdinal()).setMarks(cell.checkpoint());
    return Future.all(bridge, trading)
        .compose(
            states ->
                bus.request(
                    Address.CHECKPOINT,
                    lane,
                    origin,
                    checkpoint
                        .setBridgeState(bridge.result().getState())
                        .setTradingState(trading.result().getState())
                        .build()))
        .onFailure(failure -> cell.checkpointLost());
  }

  /**
   * The same of a cell that nobody is at. Its last batch is settled once more for that, which
   * changes nothing; until the components have answered no turn begins.
   *
   * @param answered runs when turns may begin again
   */
  Future<Done> saveIdle(Cell cell, Envelope<?> own, Runnable answered) {
    SettleRequest again =
        SettleRequest.newBuilder()
            .setOrdinal(cell.lastOrdinal())
            .setSettlement(Settlement.COMMITTED)
            .setCheckpoint(true)
            .build();
    cell.hold();
    Future<SettleReply> bridge = bus.request(Address.BRIDGE_SETTLE, lane, own, again);
    Future<SettleReply> trading = bus.request(Address.TRADING_SETTLE, lane, own, again);
    Future.join(bridge, trading)
        .onComplete(
            done -> {
              cell.release();
              answered.run();
            });
    return save(cell, own, bridge, trading);
  }
}
