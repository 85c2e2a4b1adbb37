package io.sub30.hub;

import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.v1.Heartbeat;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the table of lanes and publishes it. One instance a process.
 *
 * <p>Publishes at once when a heartbeat changed the table, within {@link #CHECK_MILLIS} when
 * silence did, and every {@link #REPEAT_NANOS} anyway, so that whoever starts later or missed one
 * catches up.
 */
public final class HubVerticle extends VerticleBase {

  private static final Logger log = LoggerFactory.getLogger(HubVerticle.class);

  static final long CHECK_MILLIS = 250;
  static final long REPEAT_NANOS = 2_000_000_000L - CHECK_MILLIS * 1_000_000;

  /** A table older than the next two is not worth delivering. */
  private static final long WORTH_NANOS = 4_000_000_000L;

  private final Bus bus;
  private final LaneRegistry registry;
  private long publishedNanos;

  public HubVerticle(Bus bus) {
    this.bus = bus;
    this.registry = new LaneRegistry(bus.clock());
  }

  @Override
  public Future<?> start() {
    publish();
    vertx.setPeriodic(CHECK_MILLIS, timer -> check());
    return bus.listen(Address.HEARTBEAT, this::heard);
  }

  private void heard(Envelope<Heartbeat> beat) {
    try {
      if (registry.heard(beat.payload())) {
        publish();
      }
    } catch (IllegalArgumentException e) {
      log.warn("heartbeat refused: {}", e.getMessage());
    }
  }

  private void check() {
    if (registry.expire() || bus.clock().nanoTime() - publishedNanos >= REPEAT_NANOS) {
      publish();
    }
  }

  private void publish() {
    publishedNanos = bus.clock().nanoTime();
    bus.publish(Address.LANE_TABLE, bus.own("lane-table", WORTH_NANOS), registry.table());
  }
}
