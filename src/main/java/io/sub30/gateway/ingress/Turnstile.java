package io.sub30.gateway.ingress;

import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.rates.RateDecision;
import io.vertx.core.http.HttpHeaders;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a request stands with its tenant's rate.
 *
 * @param decision what the answer's headers say
 * @param refusal what the client gets instead of an answer; null when the request may go on
 */
public record Turnstile(RateDecision decision, @Nullable Problem refusal) {

  private static final CharSequence POLICY = HttpHeaders.createOptimized("ratelimit-policy");
  private static final CharSequence LIMIT = HttpHeaders.createOptimized("ratelimit");

  /**
   * The header fields of the answer, whatever it will be: draft-ietf-httpapi-ratelimit-headers-10.
   */
  public Turnstile headers(BiConsumer<CharSequence, CharSequence> put) {
    put.accept(POLICY, decision.policyHeader());
    put.accept(LIMIT, decision.limitHeader());
    return this;
  }
}
