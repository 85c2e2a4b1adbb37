package io.sub30.gateway.ingress;

import io.sub30.budget.BudgetTracker;
import io.sub30.budget.RequestOutcome;
import io.sub30.bus.FailureCode;
import io.sub30.bus.HopFailure;
import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.identity.Rehearsal;

/** How exchanges end: what the client is told, and what is counted. One a loop; not thread-safe. */
final class Conclusion {

  /**
   * Where nothing better is known. A full queue empties in milliseconds, but who is refused must
   * not come back with all the others at once.
   */
  static final int OVERLOAD_RETRY_MILLIS = 200;

  private final BudgetTracker tracker;

  /**
   * @param tracker of this loop
   */
  Conclusion(BudgetTracker tracker) {
    this.tracker = tracker;
  }

  /** What a hop's failure means to the client. Ends the exchange. */
  Problem problem(Exchange exchange, HopFailure failure) {
    ProblemCode code =
        switch (failure.code()) {
          case LATE, EXPIRED -> ProblemCode.OUT_OF_TIME;
          case OVERLOADED, UNAVAILABLE -> ProblemCode.UNAVAILABLE;
          case INVALID -> ProblemCode.MALFORMED;
          case INTERNAL -> ProblemCode.INTERNAL;
        };
    // Turned away on purpose is no failure, though the client is told the same.
    boolean turnedAway = failure.code() == FailureCode.OVERLOADED;
    Problem problem =
        problem(
            exchange,
            code,
            String.valueOf(failure.getMessage()),
            turnedAway ? RequestOutcome.REFUSED : outcome(code));
    if (!turnedAway) {
      return problem;
    }
    int said = failure.retryAfterMillis();
    return problem.withRetryAfterMillis(said > 0 ? said : OVERLOAD_RETRY_MILLIS);
  }

  /** A problem of that exchange, with where its time went. Ends the exchange. */
  Problem problem(Exchange exchange, ProblemCode code, String detail) {
    return problem(exchange, code, detail, outcome(code));
  }

  private Problem problem(
      Exchange exchange, ProblemCode code, String detail, RequestOutcome outcome) {
    conclude(exchange, outcome);
    Problem problem = Problem.of(code, detail, exchange.requestId()).withBudget(exchange.budget());
    return code == ProblemCode.UNAVAILABLE ? problem.withRetryAfter(1) : problem;
  }

  private static RequestOutcome outcome(ProblemCode code) {
    return switch (code) {
      case OUT_OF_TIME -> RequestOutcome.LATE;
      case INTERNAL, UNAVAILABLE -> RequestOutcome.FAILED;
      default -> RequestOutcome.REFUSED;
    };
  }

  /** Closes the ledger and, unless this was a rehearsal, counts it. */
  void conclude(Exchange exchange, RequestOutcome outcome) {
    exchange.close();
    if (!Rehearsal.isRehearsal(exchange.principal().tenant())) {
      tracker.record(exchange.requestId(), exchange.principal().tier(), exchange.ledger(), outcome);
    }
  }
}
