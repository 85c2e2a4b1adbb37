package io.sub30.gateway.cells;

import io.sub30.budget.Admission;
import io.sub30.budget.Admission.Verdict;
import io.sub30.budget.LaneBudget;
import io.sub30.budget.TurnedAway;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.config.GatewayConfig;
import io.sub30.v1.Submission;
import io.sub30.v1.SubmissionReply;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/**
 * The lane's side of the gateway: takes what the fronts forward, within its bound, and hands it to
 * the tenant's cell.
 */
public final class LaneGateway {

  private final Bus bus;
  private final GatewayConfig bounds;
  private final CellTable cells;
  private final TurnedAway turnedAway;
  private final CellUpkeep upkeep;
  private int inFlight;

  /** Begins the upkeep of the lane's cells at once. */
  public LaneGateway(Vertx vertx, Bus bus, int lane, GatewayConfig bounds, LaneBudget budget) {
    this.bus = bus;
    this.bounds = bounds;
    this.turnedAway = budget.turnedAway();
    Checkpoints checkpoints = new Checkpoints(bus, lane, bounds);
    BatchPath path = new BatchPath(bus, lane, new Settlements(vertx, bus, lane, checkpoints));
    Gatekeeper gatekeeper = new Gatekeeper(vertx, bus, budget);
    this.cells = new CellTable(bus, lane, bounds, path, gatekeeper, checkpoints);
    this.upkeep = new CellUpkeep(vertx, bus, cells);
    upkeep.start(bounds.checkpointIdle().toMillis());
  }

  /**
   * The verdict on a batch. Fails with a {@link HopFailure} when there is no room or time for it.
   */
  public Future<SubmissionReply> submit(Envelope<Submission> request) {
    if (inFlight >= bounds.laneQueue()) {
      String why = inFlight + " batches are in flight on this lane, which is the bound";
      return Future.failedFuture(new HopFailure(Hop.API_GATEWAY, FailureCode.OVERLOADED, why));
    }
    inFlight++;
    Turn turn = new Turn(request, bus.clock().nanoTime());
    cells.enter(turn);
    tellOthers(turn);
    return turn.answer().onComplete(answered -> inFlight--);
  }

  /** What was turned away for the lane's sake, and not for its own tenant's queue, the next is. */
  private void tellOthers(Turn turn) {
    Admission.Decision decision = turn.admission();
    if (decision == null || turn.request.rehearsal()) {
      return;
    }
    long now = turn.queuedNanos();
    Verdict verdict = decision.verdict();
    if (verdict == Verdict.FULL || verdict == Verdict.MINIMAL) {
      turnedAway.letIn(turn.requestClass(), now);
    } else if (verdict == Verdict.REFUSE && cells.isFree(turn.request.tenant())) {
      long crossing = now - turn.request.ledger().departedNanos();
      long remaining = turn.request.deadline().remainingNanos(now);
      turnedAway.note(turn.requestClass(), remaining, crossing, now);
    }
  }

  /** Saves what a next start would have to rebuild; for when nothing is forwarded any more. */
  public Future<Void> stop() {
    return upkeep.saveAll();
  }
}
