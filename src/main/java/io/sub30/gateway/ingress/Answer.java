package io.sub30.gateway.ingress;

import io.sub30.gateway.answers.Problem;
import io.sub30.v1.TickResult;

/** What a submitted batch came to, before any transport writes it. */
public sealed interface Answer {

  /** It is durable. */
  public record Accepted(TickResult result) implements Answer {}

  /** It was not acknowledged. */
  public record Refused(Problem problem) implements Answer {}
}
