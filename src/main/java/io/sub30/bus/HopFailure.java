package io.sub30.bus;

/**
 * A hop gave no answer. Stackless: what matters is which hop, why, and the numbers in the message.
 */
public final class HopFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  private static final int CODE_BITS = 8;
  private static final int CODE_MASK = (1 << CODE_BITS) - 1;
  private static final int MOST_MILLIS = Integer.MAX_VALUE >>> CODE_BITS;

  private final Hop hop;
  private final FailureCode code;
  private final int retryAfterMillis;

  public HopFailure(Hop hop, FailureCode code, String message) {
    this(hop, code, message, 0);
  }

  /**
   * @param retryAfterMillis after which a retry is welcome; 0: nothing is known of that
   */
  public HopFailure(Hop hop, FailureCode code, String message, int retryAfterMillis) {
    super(message, null, false, false);
    this.hop = hop;
    this.code = code;
    this.retryAfterMillis = Math.max(0, Math.min(retryAfterMillis, MOST_MILLIS));
  }

  /** From what the bus carries of a failure: a number and a message. */
  static HopFailure received(Hop hop, int number, String message) {
    return new HopFailure(hop, FailureCode.of(number & CODE_MASK), message, number >>> CODE_BITS);
  }

  /** What the bus carries beside the message. */
  int number() {
    return retryAfterMillis << CODE_BITS | code.number();
  }

  public Hop hop() {
    return hop;
  }

  public FailureCode code() {
    return code;
  }

  /**
   * Milliseconds after which a retry is welcome, at most some hours; 0: nothing is known of that.
   */
  public int retryAfterMillis() {
    return retryAfterMillis;
  }
}
