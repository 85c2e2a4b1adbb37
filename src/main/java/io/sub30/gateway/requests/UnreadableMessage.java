package io.sub30.gateway.requests;

import io.sub30.gateway.answers.ProblemCode;

/** A message within a call or stream that cannot be taken: why, and what would be right. */
public final class UnreadableMessage extends Exception {
  private static final long serialVersionUID = 1;
  private final ProblemCode code;

  /**
   * @param detail one sentence for the client
   */
  public UnreadableMessage(ProblemCode code, String detail) {
    super(detail, null, false, false);
    this.code = code;
  }

  /** What the client is told. */
  public ProblemCode code() {
    return code;
  }

  /** One sentence for the client. */
  public String detail() {
    return String.valueOf(getMessage());
  }
}
