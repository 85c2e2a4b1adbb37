package io.sub30.gateway;

import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.config.GatewayConfig;
import io.sub30.v1.CheckpointRequest;
import io.sub30.v1.SettleReply;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves a cell's state now and then, so that rebuilding it reads a bounded number of batches. Off
 * the path: nobody waits for it, and one that is lost only makes the next rebuilding longer.
 */
final class Checkpoints {

  private static final Logger log = LoggerFactory.getLogger(Checkpoints.class);

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
  void save(
      Cell cell, Envelope<?> origin, Future<SettleReply> bridge, Future<SettleReply> trading) {
    CheckpointRequest.Builder checkpoint =
        CheckpointRequest.newBuilder().setOrdinal(cell.lastOrdinal()).setMarks(cell.checkpoint());
    Future.all(bridge, trading)
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
        .onFailure(
            failure ->
                log.warn(
                    "the checkpoint of tenant {} at batch {} was not saved: {}",
                    cell.tenant,
                    checkpoint.getOrdinal(),
                    failure.getMessage()));
  }
}
