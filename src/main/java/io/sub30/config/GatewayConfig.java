package io.sub30.config;

import java.time.Duration;

/**
 * Bounds of the path.
 *
 * @param cellQueue batches of one tenant that may wait for their turn
 * @param laneQueue batches in flight on one lane
 * @param maxCells tenants whose state one lane holds
 * @param checkpointBatches a tenant's state is saved after so many batches
 * @param checkpointTicks or so many ticks
 * @param checkpointIdle and when nothing came for so long
 * @param predictionMaxAge how old a prediction may be that stands in for a new one; zero: never one
 */
public record GatewayConfig(
    int cellQueue,
    int laneQueue,
    int maxCells,
    int checkpointBatches,
    int checkpointTicks,
    Duration checkpointIdle,
    Duration predictionMaxAge) {

  static GatewayConfig from(ConfigReader in) {
    return new GatewayConfig(
        in.integer("gateway.cell_queue", 1, 65_536),
        in.integer("gateway.lane_queue", 1, 65_536),
        in.integer("gateway.max_cells", 1, 1_000_000),
        in.integer("gateway.checkpoint_batches", 1, 100_000),
        in.integer("gateway.checkpoint_ticks", 1, 10_000_000),
        in.duration("gateway.checkpoint_idle", Duration.ofSeconds(1), Duration.ofDays(1)),
        in.duration("gateway.prediction_max_age", Duration.ZERO, Duration.ofHours(1)));
  }
}
