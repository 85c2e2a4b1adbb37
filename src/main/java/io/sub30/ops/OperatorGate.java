package io.sub30.ops;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks everybody for an operator's token, but who only wants to know the health: what watches a
 * process should need no secret for that. Where only this machine can ask, nobody is asked.
 */
final class OperatorGate {

  private static final String HEALTH = "/health/";
  private static final String BEARER = "Bearer ";

  private final @Nullable Operators operators;

  /**
   * @param operators null: everybody may
   */
  OperatorGate(@Nullable Operators operators) {
    this.operators = operators;
  }

  /** The refusal, whatever the path and the method; empty when the request may go on. */
  Optional<Answer> refuse(HttpServerRequest request) {
    String path = request.path();
    if (operators == null || (path != null && path.startsWith(HEALTH))) {
      return Optional.empty();
    }
    String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (authorization == null
        || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return Optional.of(
          Answer.problem(
              401,
              "token_missing",
              "Unauthorized",
              "send a bearer token with the scope admin; only /health/ is open beyond this"
                  + " machine"));
    }
    Operators.Refusal refusal = operators.refuse(authorization.substring(BEARER.length()));
    if (refusal == null) {
      return Optional.empty();
    }
    return Optional.of(
        refusal.known()
            ? Answer.problem(403, "forbidden", "Forbidden", refusal.detail())
            : Answer.problem(401, "token_invalid", "Unauthorized", refusal.detail()));
  }
}
