package io.sub30.gateway.ingress;

import io.sub30.budget.RequestOutcome;
import io.sub30.budget.Tier;
import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.identity.Rehearsal;
import io.sub30.gateway.identity.Scope;
import io.sub30.gateway.rates.RateDecision;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request of a known sender may go on: its tenant's rate, what its token is good for, and
 * the tier its listener is for. One a loop; not thread-safe.
 */
final class Admittance {

  private final Entrance entrance;
  private final Entrance rehearsed;
  private final Conclusion conclusion;
  private final @Nullable Tier only;

  /**
   * @param rehearsed where the server's own requests pass: the same code, but nobody's rate
   * @param only the tier whose tokens are good here; null: those of every tier are
   */
  Admittance(Entrance entrance, Entrance rehearsed, Conclusion conclusion, @Nullable Tier only) {
    this.entrance = entrance;
    this.rehearsed = rehearsed;
    this.conclusion = conclusion;
    this.only = only;
  }

  /**
   * Counts the request against its tenant's rate and asks whether its token is for this, before
   * anything of its body is looked at.
   *
   * @param needed what the token must be good for
   */
  Future<Turnstile> pass(Exchange exchange, Scope needed) {
    return entrance(exchange.principal())
        .ask(exchange)
        .map(decision -> passed(exchange, needed, decision));
  }

  private Entrance entrance(Principal principal) {
    return Rehearsal.isRehearsal(principal.tenant()) ? rehearsed : entrance;
  }

  /**
   * As {@link #pass}, for a batch: over the rate it may wait for its tenant's turn. Fails when the
   * client has gone while it waited, and nobody is left to answer.
   */
  Future<Turnstile> pass(Exchange exchange, Scope needed, Entrance.Caller caller) {
    Principal principal = exchange.principal();
    if (forbids(principal, needed) != null) {
      return pass(exchange, needed);
    }
    return entrance(principal)
        .pass(exchange, caller)
        .map(decision -> passed(exchange, needed, decision))
        .onFailure(gone -> conclusion.conclude(exchange, RequestOutcome.REFUSED));
  }

  private Turnstile passed(Exchange exchange, Scope needed, RateDecision decision) {
    Problem refusal =
        decision.granted() ? forbidden(exchange, needed) : overRate(exchange, decision);
    return new Turnstile(decision, refusal);
  }

  private @Nullable Problem forbidden(Exchange exchange, Scope needed) {
    String why = forbids(exchange.principal(), needed);
    return why == null ? null : conclusion.problem(exchange, ProblemCode.FORBIDDEN, why);
  }

  /** Why that token is not for this, or not for this listener; null when it is. */
  @Nullable String forbids(Principal principal, Scope needed) {
    if (only != null && principal.tier() != only) {
      return "the token is of tier "
          + principal.tier().label()
          + ", this port takes those of tier "
          + only.label()
          + " alone; use the API's other port";
    }
    return principal.may(needed) ? null : principal.lacks(needed);
  }

  private Problem overRate(Exchange exchange, RateDecision decision) {
    Problem problem =
        decision.verdict() == RateDecision.Verdict.NO_ROOM
            ? Problem.of(
                ProblemCode.UNAVAILABLE,
                "more tenants are asking than this server remembers",
                exchange.requestId())
            : Problem.of(
                ProblemCode.RATE_LIMITED,
                decision.explain(exchange.principal().tenant()),
                exchange.requestId());
    conclusion.conclude(exchange, RequestOutcome.REFUSED);
    return problem.withRetryAfterMillis(decision.retryAfterMillis());
  }
}
