package io.sub30.market;

/**
 * One tick, mutable and used again for the next one, so that reading millions allocates nothing.
 * The fields are plain on purpose. A price or volume of 0 means absent.
 */
public final class TickSlot {

  /** {@code TICK_FLAG_BID} of MetaTrader 5. */
  public static final int BID = 2;

  /** {@code TICK_FLAG_ASK}. */
  public static final int ASK = 4;

  /** {@code TICK_FLAG_LAST}. */
  public static final int LAST = 8;

  /** {@code TICK_FLAG_VOLUME}. */
  public static final int VOLUME = 16;

  /** {@code TICK_FLAG_BUY}. */
  public static final int BUY = 32;

  /** {@code TICK_FLAG_SELL}. */
  public static final int SELL = 64;

  /** The bits MetaTrader documents. Others occur (1024) and are masked. */
  public static final int KNOWN_FLAGS = BID | ASK | LAST | VOLUME | BUY | SELL;

  /** UTC, epoch milliseconds. */
  public long timeMsc;

  public double bid;
  public double ask;

  /** Price of the last deal. */
  public double last;

  /** Lots or units of the last deal. */
  public double volume;

  /** {@code TICK_FLAG_*} bits. */
  public int flags;

  /** Bits of {@link Quality}, set by {@link SymbolState#complete}. */
  public int quality;

  /** Empties every field. */
  public void clear() {
    timeMsc = 0;
    bid = 0;
    ask = 0;
    last = 0;
    volume = 0;
    flags = 0;
    quality = 0;
  }

  /** Whether the tick is a trade without quotes. */
  public boolean trade() {
    return (quality & Quality.TRADE) != 0;
  }

  /** The middle of bid and ask, or the price of the trade. Meaningful once the tick is complete. */
  public double mid() {
    return trade() ? last : bid + (ask - bid) / 2;
  }

  /**
   * The price that bars of stored ticks are made of: the middle of bid and ask, or the last price
   * where one of them is unknown (0). As the stores' own SQL has it, to the bit.
   */
  public static double mid(double bid, double ask, double last) {
    return bid > 0 && ask > 0 ? (bid + ask) / 2 : last;
  }
}
