package io.sub30.gateway;

import io.sub30.v1.TickResult;

/** What a submitted batch came to, before any transport writes it. */
sealed interface Answer {

  /** It is durable. */
  record Accepted(TickResult result) implements Answer {}

  /** It was not acknowledged. */
  record Refused(Problem problem) implements Answer {}
}
