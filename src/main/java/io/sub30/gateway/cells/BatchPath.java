package io.sub30.gateway.cells;

import io.sub30.budget.Deadline;
import io.sub30.budget.LaneBudget;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.v1.Settlement;
import io.sub30.v1.StoreReply;
import io.sub30.v1.SubmissionReply.Verdict;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The path of one batch through its lane, top to bottom:
 *
 * <pre>
 *   repeated? ── yes ─▶ the stored outcome
 *      │ no
 *   enrich ─▶ predict ─▶ decide ─▶ store ─▶ settle: committed | aborted
 *                                    └─ no answer ─▶ look it up, fenced ─▶ settle
 * </pre>
 *
 * The client is answered as soon as the outcome is known; the future of {@link #run} completes when
 * the cell may go on, which is after every component has settled. A prediction or a decision that
 * does not come in time degrades the answer; storing is never skipped, and nothing is acknowledged
 * that is not durable.
 */
final class BatchPath {

  private static final long LEAST_TO_STORE_NANOS = 1_000_000;

  private final Bus bus;
  private final int lane;
  private final Ladder ladder;
  private final Settlements settlements;

  BatchPath(Bus bus, int lane, Settlements settlements) {
    this.bus = bus;
    this.lane = lane;
    this.ladder = new Ladder(bus, lane);
    this.settlements = settlements;
  }

  /** Takes the batch through the path; completes, and never fails, when the cell is free again. */
  Future<Void> run(Cell cell, Turn turn) {
    String terminal = turn.batch().getTerminal();
    if (cell.mayBeRepeated(terminal, turn.batch().getSequence())) {
      return lookUp(turn)
          .compose(
              found ->
                  found.getOutcome() == StoreReply.Outcome.ABSENT
                      ? walk(cell, turn)
                      : repeat(turn, found),
              failure -> giveUp(turn, failure));
    }
    return walk(cell, turn);
  }

  private Future<Void> walk(Cell cell, Turn turn) {
    return ladder
        .enrich(cell, turn)
        .compose(
            enriched ->
                turn.nothingValid() ? Future.succeededFuture() : predictDecideStore(cell, turn))
        .compose(stored -> conclude(cell, turn, stored), failure -> abandon(cell, turn, failure));
  }

  private Future<StoreReply> predictDecideStore(Cell cell, Turn turn) {
    return ladder
        .predict(cell, turn)
        .compose(predicted -> ladder.decide(turn))
        .compose(decided -> store(cell, turn));
  }

  // ---- the hops

  private Future<StoreReply> lookUp(Turn turn) {
    return bus.request(Address.LOOKUP, lane, turn.request, turn.lookupRequest(false));
  }

  /**
   * Once a commit is asked for, its outcome is awaited even past the client's deadline: the front
   * gives up on time by itself, and a cell that knows its outcome need not be fenced. With less
   * time left than a message takes, it is not asked at all.
   */
  private Future<StoreReply> store(Cell cell, Turn turn) {
    long remainingNanos = turn.request.deadline().remainingNanos();
    if (remainingNanos < LEAST_TO_STORE_NANOS) {
      String why =
          "nothing was stored: "
              + Math.max(0, remainingNanos / 1_000)
              + " us were left when it was to be";
      return Future.failedFuture(new HopFailure(Hop.DATABASE_SERVICE, FailureCode.EXPIRED, why));
    }
    Envelope<?> patient =
        turn.request.until(Deadline.after(Settlements.OFF_PATH_NANOS, bus.clock()));
    long askedNanos = bus.clock().nanoTime();
    boolean provablyNew =
        cell.isProvablyNew(turn.batch().getTerminal(), turn.batch().getSequence());
    return bus.request(Address.STORE, lane, patient, turn.storeRequest(cell.epoch(), provablyNew))
        .onComplete(
            stored -> observe(turn, askedNanos, stored.succeeded() || isUnknown(stored.cause())));
  }

  /** An outcome that is unknown took as long as it took; a refusal says nothing about the time. */
  private void observe(Turn turn, long askedNanos, boolean tells) {
    LaneBudget budget = turn.budget();
    if (budget != null && tells) {
      long now = bus.clock().nanoTime();
      budget
          .allowances()
          .answered(turn.requestClass(), Hop.DATABASE_SERVICE.ordinal(), now - askedNanos, now);
    }
  }

  // ---- the endings

  private Future<Void> conclude(Cell cell, Turn turn, @Nullable StoreReply stored) {
    if (stored == null) {
      turn.answer(Verdict.NOTHING_VALID, turn.outcome());
      return settlements.settle(cell, turn, Settlement.ABORTED);
    }
    switch (stored.getOutcome()) {
      case STORED -> {
        turn.answer(Verdict.ACCEPTED, turn.outcome());
        return settlements.settle(cell, turn, Settlement.COMMITTED);
      }
      case SPOOLED -> {
        turn.answer(Verdict.ACCEPTED, turn.spooledOutcome());
        return settlements.settle(cell, turn, Settlement.COMMITTED);
      }
      case DUPLICATE, CONFLICT, EXPIRED -> {
        cell.mark(turn.batch().getTerminal(), turn.batch().getSequence());
        answerRepeated(turn, stored);
        return settlements.settle(cell, turn, Settlement.ABORTED);
      }
      default -> {
        String why = "another owner has taken tenant " + cell.tenant + "; nothing was stored";
        turn.refuse(new HopFailure(Hop.DATABASE_SERVICE, FailureCode.UNAVAILABLE, why));
        return settlements.settle(cell, turn, Settlement.ABORTED).onComplete(done -> cell.close());
      }
    }
  }

  private Future<Void> repeat(Turn turn, StoreReply found) {
    answerRepeated(turn, found);
    return Future.succeededFuture();
  }

  private static void answerRepeated(Turn turn, StoreReply found) {
    switch (found.getOutcome()) {
      case DUPLICATE ->
          turn.answer(Verdict.ACCEPTED, found.getStored().toBuilder().setDuplicate(true).build());
      case CONFLICT -> turn.answer(Verdict.SEQUENCE_CONFLICT, TickResult.getDefaultInstance());
      default -> turn.answer(Verdict.SEQUENCE_EXPIRED, TickResult.getDefaultInstance());
    }
  }

  private static Future<Void> giveUp(Turn turn, Throwable failure) {
    turn.refuse(failure);
    return Future.succeededFuture();
  }

  private Future<Void> abandon(Cell cell, Turn turn, Throwable failure) {
    turn.refuse(failure);
    return isUnknown(failure)
        ? settlements.resolve(cell, turn)
        : settlements.settle(cell, turn, Settlement.ABORTED);
  }

  /** Whether the batch may be committed all the same. */
  private static boolean isUnknown(Throwable failure) {
    return failure instanceof HopFailure hop
        && hop.hop() == Hop.DATABASE_SERVICE
        && (hop.code() == FailureCode.LATE || hop.code() == FailureCode.INTERNAL);
  }
}
