package io.sub30.trading;

import com.google.protobuf.MessageLite;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Heartbeats;
import io.sub30.bus.Lanes;
import io.sub30.v1.Done;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;

/**
 * The trading engine on one lane: decides batches, settles them, and restores and forgets tenants.
 */
public final class TradingVerticle extends VerticleBase {

  /** The name this component claims its lanes under. */
  public static final String COMPONENT = "trading";

  private final Bus bus;
  private final Lanes lanes;
  private final Cells cells;

  /**
   * @param book compiled before; the same for every lane
   */
  public TradingVerticle(Bus bus, Lanes lanes, StrategyBook book) {
    this.bus = bus;
    this.lanes = lanes;
    this.cells = new Cells(book);
  }

  @Override
  public Future<?> start() {
    int lane = lanes.claim(COMPONENT);
    Heartbeats.start(vertx, bus, Heartbeats.identity(COMPONENT, lane, lanes.pool(lane)), List::of);
    return Future.all(
        bus.serve(
            Address.DECIDE,
            lane,
            ask -> answered(cells.decide(ask.tenant(), ask.payload(), ask.rehearsal()))),
        bus.serve(
            Address.TRADING_SETTLE,
            lane,
            settle -> answered(cells.settle(settle.tenant(), settle.payload()))),
        bus.serve(
            Address.TRADING_RESTORE,
            lane,
            page -> {
              cells.restore(page.tenant(), page.payload());
              return answered(Done.getDefaultInstance());
            }),
        bus.serve(
            Address.TRADING_FORGET,
            lane,
            forget -> {
              cells.forget(forget.tenant());
              return answered(Done.getDefaultInstance());
            }));
  }

  private static <R extends MessageLite> Future<R> answered(R reply) {
    return Future.succeededFuture(reply);
  }
}
