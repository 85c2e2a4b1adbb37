package io.sub30.gateway.requests;

import com.google.protobuf.MessageLite;
import io.sub30.gateway.answers.ProblemCode;

/** What reading a question came to. */
public sealed interface Reading<Q extends MessageLite> {

  /** A question within its limits. */
  public record Accepted<Q extends MessageLite>(Q request) implements Reading<Q> {}

  /** None. */
  public record Refusal<Q extends MessageLite>(ProblemCode code, String detail)
      implements Reading<Q> {}
}
