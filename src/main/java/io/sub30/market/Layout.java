package io.sub30.market;

/**
 * Where each number of a {@link SymbolState} lies in its two arrays.
 *
 * <p>The layout is part of stored snapshots: whoever changes it raises {@link #VERSION}, and older
 * snapshots are rebuilt from the stored batches.
 */
final class Layout {

  static final int VERSION = 1;

  // ---- longs ----
  static final int TIME_MSC = 0;
  static final int TICKS = 1;
  static final int BEHIND_RUN = 2;
  static final int ELAPSED_MILLIS = 3;
  static final int BAR_OPEN_MSC = 4;
  static final int BAR_TICKS = 5;
  static final int CLOSED_BARS = 6;
  static final int FLAGS = 7;
  static final int RING_OPEN_MSC = 8;
  static final int RING_TICKS = RING_OPEN_MSC + SymbolState.BARS;
  static final int LONGS = RING_TICKS + SymbolState.BARS;

  // ---- doubles ----
  static final int BID = 0;
  static final int ASK = 1;
  static final int LAST = 2;
  static final int VOLUME = 3;
  static final int MID = 4;
  static final int VOLATILITY_ANCHOR = 5;
  static final int VARIANCE_FAST = 6;
  static final int VARIANCE_SLOW = 7;
  static final int WEIGHT_FAST = 8;
  static final int WEIGHT_SLOW = 9;
  static final int TICK_VARIANCE = 10;
  static final int TICK_SIGN = 11;
  static final int SPREAD_MEAN = 12;
  static final int SPREAD_VARIANCE = 13;
  static final int INTENSITY_FAST = 14;
  static final int INTENSITY_SLOW = 15;
  static final int BAR_OPEN = 16;
  static final int BAR_HIGH = 17;
  static final int BAR_LOW = 18;
  static final int BAR_CLOSE = 19;
  static final int EMA_FAST = 20;
  static final int EMA_SLOW = 21;
  static final int MEAN_GAIN = 22;
  static final int MEAN_LOSS = 23;
  static final int ATR = 24;
  static final int REALISED_VARIANCE = 25;
  static final int RING_LOG_MID = 26;

  /** Ticks remembered: the smallest power of two that holds a lag of 100. */
  static final int LOG_MIDS = 128;

  static final int RING_OPEN = RING_LOG_MID + LOG_MIDS;
  static final int RING_HIGH = RING_OPEN + SymbolState.BARS;
  static final int RING_LOW = RING_HIGH + SymbolState.BARS;
  static final int RING_CLOSE = RING_LOW + SymbolState.BARS;
  static final int RING_RETURN = RING_CLOSE + SymbolState.BARS;
  static final int DOUBLES = RING_RETURN + SymbolState.BARS;

  private Layout() {}
}
