package io.sub30.trading;

import io.sub30.market.Symbol;
import java.util.List;

/** Everything deciding on one symbol needs, worked out once. Immutable. */
final class SymbolPlan {

  final Symbol symbol;
  final RiskRules.OfSymbol rules;
  final List<Strategy> strategies;
  private final double priceScale;
  private final long stepUnits;
  private final long minUnits;

  SymbolPlan(Symbol symbol, RiskRules.OfSymbol rules, List<Strategy> strategies) {
    this.symbol = symbol;
    this.rules = rules;
    this.strategies = List.copyOf(strategies);
    this.priceScale = Math.pow(10, symbol.digits());
    this.stepUnits = Math.max(1, Lots.units(symbol.lotStep()));
    this.minUnits = Math.max(1, Lots.units(symbol.minLot()));
  }

  /** The price with the symbol's decimals. */
  double rounded(double price) {
    return Math.rint(price * priceScale) / priceScale;
  }

  /** Rounded down to the lot step; 0 when that is less than the smallest order. */
  long orderUnits(long units) {
    long steps = units / stepUnits * stepUnits;
    return steps < minUnits ? 0 : steps;
  }
}
