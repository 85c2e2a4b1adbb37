package io.sub30.gateway.ingress;

import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.rates.RateDecision;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a request stands with its tenant's rate.
 *
 * @param decision what the answer's headers say
 * @param refusal what the client gets instead of an answer; null when the request may go on
 */
public record Turnstile(RateDecision decision, @Nullable Problem refusal) {

  /**
   * The header fields of the answer, whatever it will be: draft-ietf-httpapi-ratelimit-headers-10.
   */
  public Turnstile headers(BiConsumer<String, String> put) {
    put.accept("ratelimit-policy", decision.policyHeader());
    put.accept("ratelimit", decision.limitHeader());
    return this;
  }
}
