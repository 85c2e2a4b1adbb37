package io.sub30.trading;

/**
 * The risk rules every signal passes. Each terminal is an account: its cooldowns, rate and exposure
 * are its own, and are counted in its market time, because terminals of one tenant may replay
 * different days.
 *
 * @param killSwitch trading is stopped for everyone from the start
 * @param minConfidence 0 to 1; a signal below it is refused
 * @param cooldownMillis between two signals of a terminal and symbol, market time
 * @param maxSignalsAMinute of a terminal, market time
 * @param maxOpenSignals of a terminal within the exposure horizon, 1 to {@link SignalLog#CAPACITY}
 */
record RiskRules(
    boolean killSwitch,
    double minConfidence,
    long cooldownMillis,
    int maxSignalsAMinute,
    int maxOpenSignals,
    Exposure exposure,
    Staleness staleness) {

  static final long MINUTE_MILLIS = 60_000;

  /**
   * Lots signalled and assumed open, whatever their side: what became of a signal is not known
   * here, so one counts until its horizon has passed.
   *
   * @param horizonMillis market time; at least the cooldown and a minute
   * @param maxSymbolUnits see {@link Lots}
   * @param maxTotalUnits see {@link Lots}
   */
  record Exposure(long horizonMillis, long maxSymbolUnits, long maxTotalUnits) {}

  /**
   * How old a quote or prediction may be.
   *
   * <p>A batch whose newest quote arrived within {@code liveWithinMillis} of its time is live: each
   * quote's age is counted from the time of arrival. An older batch is a replay of history, where
   * the time of arrival means nothing: ages are counted from the newest quote of the batch.
   *
   * @param maxAgeMillis of a quote
   * @param maxPredictionAgeMillis of a prediction, against its symbol's quote
   */
  record Staleness(long maxAgeMillis, long liveWithinMillis, long maxPredictionAgeMillis) {

    /** The moment ages of quotes are counted from. */
    long nowMsc(long receivedMsc, long newestQuoteMsc) {
      return receivedMsc - newestQuoteMsc > liveWithinMillis ? newestQuoteMsc : receivedMsc;
    }
  }

  /**
   * What holds for one symbol.
   *
   * @param hours in which it may be traded
   * @param maxSpread price units
   * @param maxSpreadBps of the mid price, 1e-4
   */
  record OfSymbol(Hours hours, double maxSpread, double maxSpreadBps) {

    /** Whether the spread is within both limits; half a point forgives what doubles cannot hold. */
    boolean admitsSpread(double spread, double mid, double point) {
      return spread <= Math.min(maxSpread, mid * maxSpreadBps * 1e-4) + point / 2;
    }
  }
}
