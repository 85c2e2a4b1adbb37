package io.sub30.ml;

/**
 * One input with the output it must give, replayed when a model is loaded.
 *
 * @param window as the encoder takes it
 * @param features as the head takes them
 * @param embedding expected of the encoder
 * @param direction expected of the head: up, down, none
 * @param exceeds expected of the head
 * @param volatility expected of the head, log return
 */
record ParityVector(
    float[] window,
    float[] features,
    float[] embedding,
    float[] direction,
    double exceeds,
    double volatility) {

  /** Largest accepted difference; float sums in another order differ by a hundredth of it. */
  static final double TOLERANCE = 1e-5;

  /** Whether two values are the same but for rounding: relative for those above 1. */
  static boolean close(double expected, double actual) {
    // Written so that NaN is not close to anything.
    return Math.abs(expected - actual) <= TOLERANCE * Math.max(1, Math.abs(expected));
  }

  /** The same for a volatility, which is so small that an absolute tolerance would say nothing. */
  static boolean closeVolatility(double expected, double actual) {
    return Math.abs(expected - actual) <= 10 * TOLERANCE * Math.abs(expected);
  }
}
