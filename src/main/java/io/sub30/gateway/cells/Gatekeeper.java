package io.sub30.gateway.cells;

import io.sub30.budget.Admission;
import io.sub30.budget.Admission.Verdict;
import io.sub30.budget.ConcurrencyLimit;
import io.sub30.budget.InFlight;
import io.sub30.budget.LaneBudget;
import io.sub30.budget.Mode;
import io.sub30.budget.ModeSwitch;
import io.sub30.budget.RequestClass;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.v1.SubmissionReply;
import io.vertx.core.AsyncResult;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/**
 * Says of each batch of a lane whether there is time for it, before it starts and again when its
 * turn has come, and learns from how it turned out. What is under way is looked at every few
 * milliseconds by one timer of the lane.
 *
 * <p>Lane-bound; not thread-safe.
 */
final class Gatekeeper {

  /** Fine enough for 80 % of the largest line, and cheap beside what a batch costs. */
  private static final long LOOK_MILLIS = 5;

  /** A turn that began within this found its cell free. */
  private static final long FREE_CELL_NANOS = 1_000_000;

  /** So many new batches find room between two that come back. */
  private static final int NEWCOMERS = 2;

  private final Vertx vertx;
  private final Bus bus;
  private final LaneBudget budget;

  /**
   * What rehearsals are judged and measured by: the same code runs and is compiled, and nothing of
   * it reaches a real batch's estimates. It only observes, so that a cold start refuses none.
   */
  private final LaneBudget rehearsed;

  private final HoldTime holdTime = new HoldTime();
  private boolean looking;

  Gatekeeper(Vertx vertx, Bus bus, LaneBudget budget) {
    this.vertx = vertx;
    this.bus = bus;
    this.budget = budget;
    this.rehearsed =
        new LaneBudget(
            bus.plan(), Hop.path(), new ModeSwitch(Mode.OBSERVE), bus.clock(), violation -> {});
  }

  private LaneBudget budgetOf(Turn turn) {
    return turn.request.rehearsal() ? rehearsed : budget;
  }

  /** Lets a batch join its tenant's queue, or refuses it: with nothing done, and at once. */
  boolean admit(Cell cell, Turn turn) {
    LaneBudget judge = budgetOf(turn);
    long now = turn.queuedNanos();
    int before = cell.occupancy();
    if (before == 0 && judge.mode() == Mode.ENFORCE && judge.concurrency().turnsAway()) {
      turn.refuse(tooMany(cell, judge.concurrency()));
      return false;
    }
    long waitNanos = cell.phase() == Cell.Phase.OPEN ? holdTime.waitNanos(before) : 0;
    long remainingNanos = turn.request.deadline().remainingNanos(now);
    int requestClass =
        RequestClass.of(turn.request.tier(), turn.batch().getTicksCount(), turn.wantsPredictions());
    Admission.Decision decision =
        judge
            .admission()
            .judge(
                requestClass,
                roomNanos(remainingNanos) - waitNanos,
                before == 0,
                holdTime.longestNanos(),
                now);
    turn.admitted(requestClass, decision, judge);
    if (decision.verdict() == Verdict.REFUSE) {
      turn.refuse(
          tooLate(
              FailureCode.OVERLOADED,
              cell,
              turn,
              waitNanos,
              remainingNanos,
              comeBackMillis(cell, now)));
      return false;
    }
    return true;
  }

  /**
   * When one that is turned away for what waits before it may come back. One that would not fit
   * into an empty cell either learns nothing here.
   */
  int comeBackMillis(Cell cell, long nowNanos) {
    int before = cell.occupancy();
    return before == 0
        ? 0
        : cell.appointments()
            .next(nowNanos, holdTime.waitNanos(before), holdTime.waitNanos(NEWCOMERS));
  }

  /** What is left for the lane of the time that remains. */
  private long roomNanos(long remainingNanos) {
    return remainingNanos - budget.allowances().responseNanos();
  }

  /** Keeps an eye on a batch from when it is queued until it is over. */
  void watch(Turn turn) {
    Envelope<?> request = turn.request;
    InFlight watch = budgetOf(turn).inFlight();
    turn.watched(watch.open(request.requestId(), request.tier(), request.ledger()));
    if (!looking) {
      looking = true;
      vertx.setTimer(LOOK_MILLIS, id -> look());
    }
  }

  private void look() {
    long now = bus.clock().nanoTime();
    budget.inFlight().look(now);
    rehearsed.inFlight().look(now);
    looking = budget.inFlight().size() + rehearsed.inFlight().size() > 0;
    if (looking) {
      vertx.setTimer(LOOK_MILLIS, id -> look());
    }
  }

  /** Whether a batch whose turn has come still has time; refuses it if not. */
  boolean begins(Cell cell, Turn turn, long nowNanos) {
    long remainingNanos = turn.request.deadline().remainingNanos(nowNanos);
    long waitedNanos = nowNanos - turn.queuedNanos();
    Admission.Decision decision = turn.admission();
    boolean inTime = remainingNanos > 0;
    if (inTime
        && decision != null
        && waitedNanos > FREE_CELL_NANOS
        && budgetOf(turn).mode() == Mode.ENFORCE) {
      Admission.Decision again =
          budget
              .admission()
              .reconsider(turn.requestClass(), decision, roomNanos(remainingNanos), nowNanos);
      turn.admitted(turn.requestClass(), again, budget);
      inTime = again.verdict() != Verdict.REFUSE;
    }
    if (inTime) {
      budgetOf(turn).concurrency().began();
    } else {
      dismiss(turn, tooLate(FailureCode.EXPIRED, cell, turn, waitedNanos, remainingNanos, 0));
    }
    return inTime;
  }

  /** Its answer is known: the estimates learn how long it took since its path began. */
  void answered(Turn turn, long begunNanos, AsyncResult<SubmissionReply> answer) {
    Admission.Decision decision = turn.admission();
    if (decision == null || !tells(answer)) {
      return;
    }
    long now = bus.clock().nanoTime();
    boolean inTime = roomNanos(turn.request.deadline().remainingNanos(now)) >= 0;
    budgetOf(turn)
        .concurrency()
        .answered(turn.request.tier(), now - begunNanos, answer.succeeded() && inTime);
    budgetOf(turn)
        .admission()
        .concluded(turn.requestClass(), decision, now - begunNanos, answer.succeeded(), inTime);
  }

  /**
   * Whether an answer says how long the path takes: it was walked to its end, or time ran out on
   * it. What was refused, repeated or empty was quick for reasons of its own.
   */
  private static boolean tells(AsyncResult<SubmissionReply> answer) {
    if (answer.succeeded()) {
      return answer.result().getVerdict() == SubmissionReply.Verdict.ACCEPTED
          && !answer.result().getResult().getDuplicate();
    }
    return answer.cause() instanceof HopFailure failure
        && (failure.code() == FailureCode.LATE || failure.code() == FailureCode.EXPIRED);
  }

  /** Its cell is free again. */
  void over(Turn turn, long begunNanos) {
    budgetOf(turn).concurrency().ended();
    if (!turn.request.rehearsal()) {
      holdTime.observe(bus.clock().nanoTime() - begunNanos);
    }
    unwatch(turn);
  }

  /** It never began. */
  void dismiss(Turn turn, Throwable why) {
    turn.refuse(why);
    unwatch(turn);
  }

  private void unwatch(Turn turn) {
    InFlight.@Nullable Entry entry = turn.unwatched();
    if (entry != null) {
      budgetOf(turn).inFlight().close(entry);
    }
  }

  private static HopFailure tooMany(Cell cell, ConcurrencyLimit limit) {
    String why =
        limit.underWay()
            + " batches are under way on the lane of tenant "
            + cell.tenant
            + ", which now keeps its budget with "
            + limit.limit()
            + " at once; nothing was stored";
    return new HopFailure(Hop.API_GATEWAY, FailureCode.OVERLOADED, why);
  }

  private static HopFailure tooLate(
      FailureCode code,
      Cell cell,
      Turn turn,
      long waitNanos,
      long remainingNanos,
      int comeBackMillis) {
    Admission.Decision decision = turn.admission();
    double predicted = decision == null ? -1 : decision.predicted();
    String chance =
        remainingNanos <= 0
            ? "its time is up"
            : predicted < 0
                ? "too little is known of its path, which by plan does not fit"
                : "its chance to be in time is "
                    + Math.round(100 * predicted)
                    + " %, needed is "
                    + Math.round(100 * Admission.threshold(turn.request.tier()))
                    + " %";
    String why =
        "tenant "
            + cell.tenant
            + " has "
            + cell.occupancy()
            + " batches under way; this one has "
            + remainingNanos / 1_000
            + " us, of which "
            + waitNanos / 1_000
            + " us go by waiting; "
            + chance
            + "; nothing was stored";
    return new HopFailure(Hop.API_GATEWAY, code, why, comeBackMillis);
  }
}
