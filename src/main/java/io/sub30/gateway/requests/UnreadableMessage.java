package io.sub30.gateway.requests;

import io.sub30.gateway.answers.ProblemCode;

/** A message within a call or stream that cannot be taken: why, and what would be right. */
public final class UnreadableMessage extends Exception {
  private static final long serialVersionUID = 1;
  private final ProblemCode code;

  public UnreadableMessage(ProblemCode code, String detail) {
    super(detail, null, false, false);
    this.code = code;
  }

  public ProblemCode code() {
    return code;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }
}
