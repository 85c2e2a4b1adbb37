package io.sub30.databridge;

/** Why a tick was rejected. The labels are part of the API and stored: they do not change. */
enum Reason {
  /** No symbol, no time, or neither a quote nor a trade, nor a side to carry forward. */
  MISSING_FIELD("missing_field"),
  /** A price or volume is NaN or infinite. */
  NON_FINITE("non_finite"),
  /** A price is negative, or 0 where one is claimed. */
  NON_POSITIVE_PRICE("non_positive_price"),
  /** A price no instrument has: below 1e-9 or above 1e9. */
  PRICE_OUT_OF_RANGE("price_out_of_range"),
  NEGATIVE_VOLUME("negative_volume"),
  /** The broker's name is not in symbols.yaml. */
  UNKNOWN_SYMBOL("unknown_symbol"),
  /** The terminal has its maximum of symbols already. */
  TOO_MANY_SYMBOLS("too_many_symbols"),
  /** The declared offset of the broker's clock is beyond 15 hours. */
  INVALID_OFFSET("invalid_offset"),
  /** Ahead of its arrival by more than is allowed. */
  FUTURE_TIME("future_time"),
  /** Behind its arrival by more than is allowed. */
  TOO_OLD("too_old"),
  /** Bid above ask: quarantined, as some sources send one in ten so. */
  CROSSED("crossed"),
  /** Same time, prices and volume as the tick before it. */
  DUPLICATE("duplicate"),
  /** Quarantined until the new level persists. */
  PRICE_JUMP("price_jump");

  private final String label;

  Reason(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
