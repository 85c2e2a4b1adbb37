package io.sub30.market;

import org.jspecify.annotations.Nullable;

/**
 * How long a bar is, by MetaTrader's names. Bars begin at multiples of their length since the
 * epoch, in UTC: a day at midnight, four hours at 0, 4, 8 and so on.
 */
public enum Timeframe {
  M1(1),
  M5(5),
  M15(15),
  M30(30),
  H1(60),
  H4(240),
  D1(1_440);

  private static final Timeframe[] ALL = values();

  private final int minutes;

  Timeframe(int minutes) {
    this.minutes = minutes;
  }

  /** The timeframe of that name, or null. */
  public static @Nullable Timeframe of(String name) {
    for (Timeframe each : ALL) {
      if (each.name().equals(name)) {
        return each;
      }
    }
    return null;
  }

  /** Length of a bar, minutes. */
  public int minutes() {
    return minutes;
  }

  /** Length of a bar, milliseconds. */
  public long millis() {
    return minutes * 60_000L;
  }

  /** Start of the bar that holds this moment; epoch milliseconds. */
  public long floor(long msc) {
    return Math.floorDiv(msc, millis()) * millis();
  }

  /** Start of the first bar that begins at this moment or later. */
  public long ceiling(long msc) {
    return -Math.floorDiv(-msc, millis()) * millis();
  }
}
