package io.sub30.gateway.requests;

/** A body is beyond its bound, as it came or unpacked. Stackless, and always the same. */
public final class BodyTooLarge extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** The only one. */
  public static final BodyTooLarge INSTANCE = new BodyTooLarge();

  private BodyTooLarge() {
    super("the body is too large", null, false, false);
  }
}
