package io.sub30.databridge;

import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Heartbeats;
import io.sub30.bus.Lanes;
import io.sub30.config.DataBridgeConfig;
import io.sub30.market.Symbols;
import io.sub30.v1.BarClosed;
import io.sub30.v1.Done;
import io.sub30.v1.EnrichRequest;
import io.sub30.v1.Enrichment;
import io.sub30.v1.RestoreRequest;
import io.sub30.v1.SettleReply;
import io.sub30.v1.SettleRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.List;

/**
 * The data bridge on one lane: enriches batches, settles them, restores and forgets tenants, and
 * tells ml of the bars that committed batches closed.
 */
public final class DataBridgeVerticle extends VerticleBase {

  /** The name this component claims its lanes under. */
  public static final String COMPONENT = "data_bridge";

  /** Ticks taken before others of the lane get their turn: about a millisecond. */
  static final int YIELD_TICKS = 500;

  private final Bus bus;
  private final Lanes lanes;
  private final Cells cells;
  private final Pace pace = new Pace();
  private int lane;

  /**
   * @param symbols shared by all lanes
   */
  public DataBridgeVerticle(Bus bus, Lanes lanes, Symbols symbols, DataBridgeConfig config) {
    this.bus = bus;
    this.lanes = lanes;
    this.cells = new Cells(symbols, config);
  }

  @Override
  public Future<?> start() {
    lane = lanes.claim(COMPONENT);
    Heartbeats.start(vertx, bus, Heartbeats.identity(COMPONENT, lane, lanes.pool(lane)), List::of);
    return Future.all(
        bus.serve(Address.ENRICH, lane, this::enrich),
        bus.serve(Address.BRIDGE_SETTLE, lane, this::settle),
        bus.serve(Address.BRIDGE_RESTORE, lane, this::restore),
        bus.serve(
            Address.BRIDGE_FORGET,
            lane,
            forget -> {
              cells.forget(forget.tenant());
              return Future.succeededFuture(Done.getDefaultInstance());
            }));
  }

  private Future<Enrichment> enrich(Envelope<EnrichRequest> request) {
    EnrichRequest asked = inTime(request);
    EnrichRun run = cells.begin(request.tenant(), asked, request.rehearsal());
    long startNanos = bus.clock().nanoTime();
    boolean done = run.advance(YIELD_TICKS);
    if (!run.deferred()) {
      pace.observe(
          Math.min(YIELD_TICKS, asked.getBatch().getTicksCount()),
          bus.clock().nanoTime() - startNanos);
    }
    if (done) {
      return Future.succeededFuture(run.result());
    }
    Promise<Enrichment> answer = Promise.promise();
    enrichFurther(request, run, answer);
    return answer.future();
  }

  /** The same request, or one to validate only, when there is no time to enrich so many ticks. */
  private EnrichRequest inTime(Envelope<EnrichRequest> request) {
    EnrichRequest asked = request.payload();
    boolean fits =
        asked.getValidateOnly()
            || request.rehearsal()
            || pace.expectNanos(asked.getBatch().getTicksCount())
                <= request.deadline().remainingNanos();
    return fits ? asked : asked.toBuilder().setValidateOnly(true).build();
  }

  private void enrichFurther(Envelope<?> request, EnrichRun run, Promise<Enrichment> answer) {
    later(
        answer,
        () -> {
          if (run.cancelled()) {
            throw Cells.failure(
                FailureCode.LATE, request.tenant(), "the batch was aborted meanwhile");
          }
          if (run.advance(YIELD_TICKS)) {
            answer.complete(run.result());
          } else {
            enrichFurther(request, run, answer);
          }
        });
  }

  private Future<SettleReply> settle(Envelope<SettleRequest> request) {
    DeferredTicks ticks = cells.takeIn(request.tenant(), request.payload());
    if (ticks == null) {
      return Future.succeededFuture(
          settled(request, cells.settle(request.tenant(), request.payload())));
    }
    Promise<SettleReply> answer = Promise.promise();
    takeInFurther(request, ticks, answer);
    return answer.future();
  }

  /** The tenant's next batch waits for the settlement, so it finds these ticks taken in. */
  private void takeInFurther(
      Envelope<SettleRequest> request, DeferredTicks ticks, Promise<SettleReply> answer) {
    later(
        answer,
        () -> {
          if (ticks.advance(YIELD_TICKS)) {
            answer.complete(
                settled(request, cells.settle(request.tenant(), request.payload(), ticks)));
          } else {
            takeInFurther(request, ticks, answer);
          }
        });
  }

  private SettleReply settled(Envelope<SettleRequest> request, Cells.Settled settled) {
    for (BarClosed bar : settled.bars()) {
      if (bar.getWindowCount() > 0) {
        bus.send(Address.BAR_CLOSED, lane, request, bar);
      }
    }
    return settled.reply();
  }

  private Future<Done> restore(Envelope<RestoreRequest> request) {
    Promise<Done> answer = Promise.promise();
    RestoreRun run = cells.beginRestore(request.tenant(), request.payload());
    if (cells.advance(request.tenant(), run, YIELD_TICKS)) {
      answer.complete(Done.getDefaultInstance());
    } else {
      restoreFurther(request.tenant(), run, answer);
    }
    return answer.future();
  }

  private void restoreFurther(String tenant, RestoreRun run, Promise<Done> answer) {
    later(
        answer,
        () -> {
          if (cells.advance(tenant, run, YIELD_TICKS)) {
            answer.complete(Done.getDefaultInstance());
          } else {
            restoreFurther(tenant, run, answer);
          }
        });
  }

  /** Runs {@code step} after what else waits on this loop; what it throws fails the answer. */
  private void later(Promise<?> answer, Runnable step) {
    context.runOnContext(
        turn -> {
          try {
            step.run();
          } catch (RuntimeException e) {
            answer.fail(e);
          }
        });
  }
}
