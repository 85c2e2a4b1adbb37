package io.sub30.trading;

import io.sub30.v1.Signal;
import java.util.Locale;

/**
 * Why a symbol got a HOLD. The codes are stable: they are stored, and clients read them. Sets of
 * reasons are bit masks, so that collecting them allocates nothing; they are told in this order.
 */
enum Reason {
  /** Trading is stopped for everyone. */
  KILL_SWITCH_GLOBAL,
  /** Trading is stopped for this tenant. */
  KILL_SWITCH_TENANT,
  /** The symbol is not in the symbol table the strategies were compiled with. */
  UNKNOWN_SYMBOL,
  /** No strategy is declared for the symbol. */
  NO_STRATEGY,
  /** Not enough history for every feature. */
  NOT_WARM,
  /** Bid or ask is missing, or they are crossed. */
  NO_QUOTE,
  /** The quote is older than allowed. */
  STALE,
  /** Outside the hours in which the symbol may be traded. */
  OUTSIDE_HOURS,
  SPREAD_TOO_WIDE,
  /** A strategy needs a prediction and there is none. */
  NO_PREDICTION,
  /** A strategy needs a prediction and it is older than allowed. */
  PREDICTION_STALE,
  /** A strategy keeps hours of its own, and it is outside them. */
  OUTSIDE_STRATEGY_HOURS,
  /** No strategy's buy or sell condition holds. */
  NO_CONDITION_MET,
  /** A strategy's buy and sell conditions hold at once. */
  CONFLICTING_CONDITIONS,
  LOW_CONFIDENCE,
  /** The stop would be inside the spread, not a positive price, or there is no value for it. */
  STOP_INVALID,
  /**
   * The target would not be beyond the entry, not a positive price, or there is no value for it.
   */
  TARGET_INVALID,
  /** The size, rounded down to the lot step, is below the smallest order. */
  SIZE_BELOW_MINIMUM,
  /** The last signal of this terminal and symbol is too recent. */
  COOLDOWN,
  /** The terminal had its signals of this minute. */
  SIGNAL_RATE,
  /** The terminal has as many signals within the exposure horizon as allowed. */
  OPEN_SIGNALS,
  EXPOSURE_SYMBOL,
  EXPOSURE_TOTAL;

  private static final Reason[] ALL = values();

  private final String code = name().toLowerCase(Locale.ROOT);

  String code() {
    return code;
  }

  long bit() {
    return 1L << ordinal();
  }

  /** Adds the codes of a set to a signal. */
  static void tell(long mask, Signal.Builder signal) {
    for (Reason reason : ALL) {
      if ((mask & reason.bit()) != 0) {
        signal.addReasons(reason.code);
      }
    }
  }
}
