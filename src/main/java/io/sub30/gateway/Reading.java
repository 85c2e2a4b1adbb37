package io.sub30.gateway;

import com.google.protobuf.MessageLite;

/** What reading a question came to. */
sealed interface Reading<Q extends MessageLite> {

  /** A question within its limits. */
  record Accepted<Q extends MessageLite>(Q request) implements Reading<Q> {}

  /** None. */
  record Refusal<Q extends MessageLite>(ProblemCode code, String detail) implements Reading<Q> {}
}
