package io.sub30.trading;

import java.util.List;

/**
 * A declared strategy, compiled.
 *
 * @param symbols canonical names; empty means every symbol
 * @param hours outside which it does nothing
 * @param needsPrediction it does nothing without a fresh prediction
 * @param confidence clamped to 0..1; NaN counts as 0
 * @param stop distance from entry, price units
 * @param target distance from entry, price units
 */
record Strategy(
    String name,
    List<String> symbols,
    Hours hours,
    boolean needsPrediction,
    Condition buy,
    Condition sell,
    Numeric confidence,
    Numeric stop,
    Numeric target,
    Sizing size) {

  Strategy {
    symbols = List.copyOf(symbols);
  }

  boolean trades(String symbol) {
    return symbols.isEmpty() || symbols.contains(symbol);
  }

  double confidence(double[] frame) {
    double value = confidence.value(frame);
    // Written so that NaN, which fails every comparison, becomes 0.
    return value > 0 ? Math.min(value, 1) : 0;
  }
}
