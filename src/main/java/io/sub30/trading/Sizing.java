package io.sub30.trading;

/** How large an order is. */
sealed interface Sizing {

  /**
   * The size before it is rounded to the lot step, units of {@link Lots}.
   *
   * @param stopDistance from entry to stop, price units, above 0
   * @param contractSize units of the base in one lot
   */
  long units(double stopDistance, double contractSize);

  /** The largest size it can come to, units of {@link Lots}. */
  long maxUnits();

  record Fixed(long maxUnits) implements Sizing {
    @Override
    public long units(double stopDistance, double contractSize) {
      return maxUnits;
    }
  }

  /**
   * As large as loses {@code amount} when the stop is hit.
   *
   * @param amount in the symbol's quote currency
   */
  record AtRisk(double amount, long maxUnits) implements Sizing {
    @Override
    public long units(double stopDistance, double contractSize) {
      double lots = amount / (stopDistance * contractSize);
      return lots >= Lots.lots(maxUnits) ? maxUnits : Lots.units(lots);
    }
  }
}
