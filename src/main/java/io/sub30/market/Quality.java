package io.sub30.market;

/**
 * What is remarkable about an accepted tick, as bits of {@code TickColumns.quality}. Bits are
 * stored: they are never renumbered.
 */
public final class Quality {

  /** Older than the newest tick of its symbol: kept, but the state does not move back to it. */
  public static final int OUT_OF_ORDER = 1;

  /** Bid equals ask. */
  public static final int ZERO_SPREAD = 1 << 1;

  /** One side was missing and was carried forward from the tick before. */
  public static final int CARRIED = 1 << 2;

  /** More than {@link SymbolState#GAP_MILLIS} after the tick before. */
  public static final int GAP = 1 << 3;

  /**
   * The declared offset of the broker's clock disagrees with the one inferred from the time of
   * arrival.
   */
  public static final int OFFSET_SUSPECT = 1 << 4;

  /** A trade without quotes: bid and ask are the last price -/+ half the typical spread. */
  public static final int TRADE = 1 << 5;

  /** A jump that persisted: the first tick accepted at the new level. */
  public static final int LEVEL_CHANGE = 1 << 6;

  /**
   * The terminal went back in time for good: the state of the symbol begins again with this tick.
   */
  public static final int RESTARTED = 1 << 7;

  private Quality() {}
}
