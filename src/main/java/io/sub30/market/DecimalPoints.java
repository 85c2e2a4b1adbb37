package io.sub30.market;

/**
 * Decimal numbers as whole numbers of points: 1.08315 with five decimals is 108,315. Whoever counts
 * points and whoever divides them again must agree to the bit, so both do it by this table.
 */
public final class DecimalPoints {

  /** Most decimal places; MetaTrader's prices have 8 at most. */
  public static final int MAX_DECIMALS = 10;

  /** Up to here, and down to its complement, every whole number is a double. */
  public static final long MAX_POINTS = (1L << 53) - 1;

  private static final double[] POINTS_A_UNIT = {
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10
  };

  private DecimalPoints() {}

  /**
   * Ten to that power.
   *
   * @param decimals 0 to {@value #MAX_DECIMALS}
   */
  public static double perUnit(int decimals) {
    return POINTS_A_UNIT[decimals];
  }
}
