package io.sub30.gateway.ingress;

import io.sub30.budget.RequestClass;
import io.sub30.budget.TurnedAway;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.identity.Rehearsal;
import io.sub30.gateway.requests.Wanted;
import io.sub30.v1.TickBatch;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the lanes of this process turn away just now, for the loops that batches come in on: two
 * crossings for a refusal would wait for the very lane that is too busy, and on a busy machine each
 * for its turn on a processor. Thread-safe; holds one entry a lane.
 */
public final class LaneRefusals {

  private final Map<Integer, TurnedAway> byLane = new ConcurrentHashMap<>();

  /** Has that lane's refusals asked for. */
  public void add(int lane, TurnedAway turnedAway) {
    byLane.put(lane, turnedAway);
  }

  /**
   * Why that lane would turn the batch away; null when it has to be asked: it may have the time, or
   * belong to another process.
   */
  @Nullable HopFailure refusal(int lane, Exchange exchange, TickBatch batch, long nowNanos) {
    TurnedAway turnedAway = byLane.get(lane);
    Principal principal = exchange.principal();
    if (turnedAway == null || Rehearsal.isRehearsal(principal.tenant())) {
      return null;
    }
    int requestClass =
        RequestClass.of(principal.tier(), batch.getTicksCount(), Wanted.predictions(batch));
    long remainingNanos = exchange.deadline().remainingNanos(nowNanos);
    if (!turnedAway.refuses(requestClass, remainingNanos, nowNanos)) {
      return null;
    }
    String why =
        "batches like this one ("
            + RequestClass.describe(requestClass)
            + ") were turned away just now for want of time, this one of tenant "
            + principal.tenant()
            + " has "
            + remainingNanos / 1_000
            + " us; nothing was stored";
    return new HopFailure(Hop.API_GATEWAY, FailureCode.OVERLOADED, why);
  }
}
