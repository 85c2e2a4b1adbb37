package io.sub30.bus;

/**
 * A hop gave no answer. Stackless: what matters is which hop, why, and the numbers in the message.
 */
public final class HopFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final Hop hop;
  private final FailureCode code;

  public HopFailure(Hop hop, FailureCode code, String message) {
    super(message, null, false, false);
    this.hop = hop;
    this.code = code;
  }

  public Hop hop() {
    return hop;
  }

  public FailureCode code() {
    return code;
  }
}
