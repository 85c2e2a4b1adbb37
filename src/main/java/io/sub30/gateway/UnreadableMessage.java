package io.sub30.gateway;

/** A message within a call or stream that cannot be taken: why, and what would be right. */
final class UnreadableMessage extends Exception {
  private static final long serialVersionUID = 1;
  private final ProblemCode code;

  UnreadableMessage(ProblemCode code, String detail) {
    super(detail, null, false, false);
    this.code = code;
  }

  ProblemCode code() {
    return code;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
