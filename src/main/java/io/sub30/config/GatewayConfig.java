package io.sub30.config;

/**
 * Bounds of the path.
 *
 * @param cellQueue batches of one tenant that may wait for their turn
 * @param laneQueue batches in flight on one lane
 * @param maxCells tenants whose state one lane holds
 * @param checkpointBatches a tenant's state is saved after so many batches
 * @param checkpointTicks or so many ticks
 */
public record GatewayConfig(
    int cellQueue, int laneQueue, int maxCells, int checkpointBatches, int checkpointTicks) {

  static GatewayConfig from(ConfigReader in) {
    return new GatewayConfig(
        in.integer("gateway.cell_queue", 1, 65_536),
        in.integer("gateway.lane_queue", 1, 65_536),
        in.integer("gateway.max_cells", 1, 1_000_000),
        in.integer("gateway.checkpoint_batches", 1, 100_000),
        in.integer("gateway.checkpoint_ticks", 1, 10_000_000));
  }
}
