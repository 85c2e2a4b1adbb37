package io.sub30.trading;

/**
 * How much of its limits a terminal has used up for one symbol at one moment of market time. Begun
 * again for every symbol, and counted only when a signal is there to be checked, which is seldom.
 * Belongs to one lane.
 */
final class Usage {

  private SignalLog log = new SignalLog();
  private String symbol = "";
  private long nowMsc;
  private boolean counted;
  private long sinceLastMillis;
  private int signalsThisMinute;
  private int openSignals;
  private long symbolUnits;
  private long totalUnits;

  void begin(SignalLog of, String forSymbol, long atMsc) {
    log = of;
    symbol = forSymbol;
    nowMsc = atMsc;
    counted = false;
  }

  /** Counts the log, signals of the batch being decided included. */
  private void count(long horizonMillis) {
    counted = true;
    sinceLastMillis = Long.MAX_VALUE;
    signalsThisMinute = 0;
    openSignals = 0;
    symbolUnits = 0;
    totalUnits = 0;
    for (int i = 0; i < log.size(); i++) {
      long age = nowMsc - log.asOfMsc(i);
      if (age < -SignalLog.RESTART_MILLIS || age >= horizonMillis) {
        continue;
      }
      boolean same = log.symbol(i).equals(symbol);
      openSignals++;
      totalUnits += log.units(i);
      if (same) {
        symbolUnits += log.units(i);
      }
      // Other symbols of a batch may be a little ahead; this one only when its time began again.
      if (Math.abs(age) < RiskRules.MINUTE_MILLIS) {
        signalsThisMinute++;
      }
      if (same && age >= 0) {
        sinceLastMillis = Math.min(sinceLastMillis, age);
      }
    }
  }

  /** The limits that a further signal of this size would break, as {@link Reason}s. */
  long broken(RiskRules rules, long units) {
    if (!counted) {
      count(rules.exposure().horizonMillis());
    }
    long reasons = 0;
    if (sinceLastMillis < rules.cooldownMillis()) {
      reasons |= Reason.COOLDOWN.bit();
    }
    if (signalsThisMinute >= rules.maxSignalsAMinute()) {
      reasons |= Reason.SIGNAL_RATE.bit();
    }
    if (openSignals >= rules.maxOpenSignals()) {
      reasons |= Reason.OPEN_SIGNALS.bit();
    }
    if (symbolUnits + units > rules.exposure().maxSymbolUnits()) {
      reasons |= Reason.EXPOSURE_SYMBOL.bit();
    }
    if (totalUnits + units > rules.exposure().maxTotalUnits()) {
      reasons |= Reason.EXPOSURE_TOTAL.bit();
    }
    return reasons;
  }
}
