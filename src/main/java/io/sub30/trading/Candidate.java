package io.sub30.trading;

import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.SymbolFeatures;

/**
 * A signal one strategy would give, with prices and size as an order needs them. Filled again for
 * every strategy; belongs to one lane.
 */
final class Candidate {

  private Side side = Side.HOLD;
  private String strategy = "";
  private boolean predicted;
  private double confidence;
  private double entry;
  private double stop;
  private double target;
  private long units;

  double confidence() {
    return confidence;
  }

  long units() {
    return units;
  }

  /**
   * Works the signal out. Without valid prices its size is 0.
   *
   * @return what speaks against it by itself, as {@link Reason}s
   */
  long propose(Strategy from, Side taken, SymbolPlan plan, SymbolFeatures quote, double[] values) {
    side = taken;
    strategy = from.name();
    predicted = from.needsPrediction();
    units = 0;
    confidence = from.confidence(values);
    boolean buys = taken == Side.BUY;
    double direction = buys ? 1 : -1;
    entry = plan.rounded(buys ? quote.getAsk() : quote.getBid());
    stop = plan.rounded(entry - direction * from.stop().value(values));
    target = plan.rounded(entry + direction * from.target().value(values));
    // A position is closed at the other side of the quote: a stop inside the spread is hit at once.
    double exit = buys ? quote.getBid() : quote.getAsk();
    long reasons = 0;
    if (!((exit - stop) * direction > 0 && positive(stop))) {
      reasons |= Reason.STOP_INVALID.bit();
    }
    if (!((target - entry) * direction > 0 && positive(target))) {
      reasons |= Reason.TARGET_INVALID.bit();
    }
    if (reasons != 0) {
      return reasons;
    }
    units = plan.orderUnits(from.size().units(Math.abs(entry - stop), plan.symbol.contractSize()));
    return units == 0 ? Reason.SIZE_BELOW_MINIMUM.bit() : 0;
  }

  private static boolean positive(double price) {
    return price > 0 && price < Double.POSITIVE_INFINITY;
  }

  /** Writes it down, with what spoke for it. */
  void write(Signal.Builder signal, String predictionReason) {
    signal
        .setSide(side)
        .setConfidence(confidence)
        .setEntry(entry)
        .setStop(stop)
        .setTarget(target)
        .setSize(Lots.lots(units))
        .setStrategy(strategy)
        .addReasons(side == Side.BUY ? "buy_condition" : "sell_condition");
    if (predicted) {
      signal.addReasons(predictionReason);
    }
  }
}
