package io.sub30.gateway.cells;

import io.sub30.budget.HopAllowances;
import io.sub30.budget.LaneBudget;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.v1.Enrichment;
import io.vertx.core.Future;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How much of an answer there is time for, hop by hop, each step a little less than the one above:
 *
 * <pre>
 *   enrichment   enriched             ─▶ validated, features of before the batch
 *   prediction   asked                ─▶ the last one known ─▶ none
 *   decision     asked                ─▶ HOLD
 * </pre>
 *
 * A hop is asked for as long as {@link HopAllowances} gives it; what does not come by then, or is
 * not worth asking for, is replaced by the next step and named in the answer.
 *
 * <p>Lane-bound.
 */
final class Ladder {

  /** The reason of a step that was taken because of the time, in answers and HOLD signals. */
  static final String BUDGET = "budget";

  private final Bus bus;
  private final int lane;

  Ladder(Bus bus, int lane) {
    this.bus = bus;
    this.lane = lane;
  }

  /** Validates the batch and, if there is time, enriches it; fails when not even the first. */
  Future<Void> enrich(Cell cell, Turn turn) {
    long now = bus.clock().nanoTime();
    long allowed = remainingNanos(turn, now);
    LaneBudget budget = turn.budget();
    // A probe asks whether the end of the path is quick again: what is known of it is no bound.
    if (budget != null && !turn.isProbe()) {
      allowed = budget.allowances().mandatoryNanos(turn.requestClass(), allowed, now);
    }
    return bus.request(
            Address.ENRICH, lane, turn.request, turn.enrichRequest(cell.nextOrdinal()), allowed)
        .transform(
            (enrichment, failure) -> {
              observe(turn, Hop.DATA_BRIDGE, now, failure);
              return failure == null ? enriched(turn, enrichment) : Future.failedFuture(failure);
            });
  }

  private static Future<Void> enriched(Turn turn, Enrichment enrichment) {
    turn.enriched(enrichment);
    if (enrichment.getDeferred()) {
      turn.validatedOnly(BUDGET);
    }
    return Future.succeededFuture();
  }

  /** Predicts, or falls back on what is known; never fails. */
  Future<Void> predict(Cell cell, Turn turn) {
    if (!turn.wantsPredictions()) {
      return Future.succeededFuture();
    }
    long now = bus.clock().nanoTime();
    long allowed = allowedNanos(turn, Hop.ML_PROCESSING, now);
    if (allowed == HopAllowances.NONE) {
      turn.predictedBefore(cell.predictions(), BUDGET);
      return Future.succeededFuture();
    }
    return bus.request(Address.PREDICT, lane, turn.request, turn.predictRequest(), allowed)
        .transform(
            (predictions, failure) -> {
              observe(turn, Hop.ML_PROCESSING, now, failure);
              if (failure == null) {
                turn.predicted(predictions, cell.predictions());
              } else {
                turn.predictedBefore(cell.predictions(), reasonOf((HopFailure) failure));
              }
              return Future.succeededFuture();
            });
  }

  /** Decides, or holds; never fails. */
  Future<Void> decide(Turn turn) {
    if (!turn.wantsSignals()) {
      return Future.succeededFuture();
    }
    long now = bus.clock().nanoTime();
    long allowed = allowedNanos(turn, Hop.TRADING_ENGINE, now);
    if (allowed == HopAllowances.NONE) {
      turn.held(BUDGET, BUDGET);
      return Future.succeededFuture();
    }
    return bus.request(Address.DECIDE, lane, turn.request, turn.decideRequest(), allowed)
        .transform(
            (decision, failure) -> {
              observe(turn, Hop.TRADING_ENGINE, now, failure);
              if (failure == null) {
                turn.decided(decision);
              } else {
                HopFailure why = (HopFailure) failure;
                turn.held(reasonOf(why), isLate(why) ? BUDGET : "trading_unavailable");
              }
              return Future.succeededFuture();
            });
  }

  private long allowedNanos(Turn turn, Hop hop, long now) {
    if (turn.isMinimal()) {
      return HopAllowances.NONE;
    }
    long remainingNanos = remainingNanos(turn, now);
    LaneBudget budget = turn.budget();
    return budget != null
        ? budget
            .allowances()
            .nanos(
                turn.requestClass(),
                hop.ordinal(),
                turn.request.ledger().startNanos(),
                remainingNanos,
                now)
        : remainingNanos;
  }

  private static long remainingNanos(Turn turn, long now) {
    return Math.max(HopAllowances.NONE, turn.request.deadline().remainingNanos(now));
  }

  /** Notes how long a hop took: an estimate of it is only as good as what it is made of. */
  private void observe(Turn turn, Hop hop, long askedNanos, @Nullable Throwable failure) {
    LaneBudget budget = turn.budget();
    if (budget == null) {
      return;
    }
    long now = bus.clock().nanoTime();
    if (failure == null) {
      budget.allowances().answered(turn.requestClass(), hop.ordinal(), now - askedNanos, now);
    } else if (((HopFailure) failure).code() == FailureCode.LATE) {
      budget.allowances().unanswered(turn.requestClass(), hop.ordinal(), now - askedNanos);
    }
  }

  private static boolean isLate(HopFailure failure) {
    return failure.code() == FailureCode.LATE || failure.code() == FailureCode.EXPIRED;
  }

  private static String reasonOf(HopFailure failure) {
    return failure.code().name().toLowerCase(Locale.ROOT);
  }
}
