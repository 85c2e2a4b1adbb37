package io.sub30.gateway.requests;

import io.sub30.gateway.answers.ProblemCode;

/**
 * Why a whole batch was refused before any tick of it was looked at. A single bad tick is the data
 * bridge's affair.
 */
public enum BatchFault {
  /** It cannot be read: not JSON or protobuf, a wrong type, an unknown or repeated field. */
  UNREADABLE(ProblemCode.MALFORMED),
  /** A field's value lies outside its limits. */
  OUT_OF_LIMITS(ProblemCode.MALFORMED),
  /** It holds no ticks. */
  EMPTY(ProblemCode.MALFORMED),
  /** It holds more than {@link BatchLimits#MAX_TICKS} ticks. */
  TOO_MANY_TICKS(ProblemCode.TOO_LARGE);

  private final ProblemCode problem;

  BatchFault(ProblemCode problem) {
    this.problem = problem;
  }

  /** What the client is told. */
  public ProblemCode problem() {
    return problem;
  }
}
