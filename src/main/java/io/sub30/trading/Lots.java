package io.sub30.trading;

/**
 * Order sizes counted in whole units of 1e-8 lots, so that sums of them are exact and compare
 * exactly with a limit: in doubles 0.1 + 0.2 lots would exceed a limit of 0.3.
 */
final class Lots {

  /** Beyond this a size does not survive the way through a double unchanged; lots. */
  static final double MAX_LOTS = 1_000_000;

  /** The smallest size there is, lots. */
  static final double UNIT = 1e-8;

  private static final double UNITS_A_LOT = 1e8;

  private Lots() {}

  static long units(double lots) {
    return Math.round(lots * UNITS_A_LOT);
  }

  /** The double nearest to the decimal number of lots. */
  static double lots(long units) {
    return units / UNITS_A_LOT;
  }
}
