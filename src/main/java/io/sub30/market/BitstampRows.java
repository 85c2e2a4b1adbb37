package io.sub30.market;

import java.time.ZoneOffset;

/** Trades as Bitstamp exports them: {@code timestamp,price,amount}, the time in epoch seconds. */
final class BitstampRows implements Rows {

  private final long zoneMillis;

  BitstampRows(ZoneOffset zone) {
    zoneMillis = zone.getTotalSeconds() * 1_000L;
  }

  @Override
  public boolean read(Lines lines, TickSlot tick) throws MalformedTickException {
    if (lines.line() == 1 && lines.startsWith("timestamp")) {
      return false;
    }
    lines.split(',', 3, "timestamp, price, amount");
    long seconds = lines.wholeNumber(0, "timestamp");
    if (seconds > 4_102_444_800L) {
      throw lines.malformed("timestamp must be in seconds");
    }
    tick.timeMsc = seconds * 1_000 - zoneMillis;
    tick.last = lines.decimal(1, "price");
    tick.volume = lines.decimal(2, "amount");
    tick.flags = TickSlot.LAST | TickSlot.VOLUME;
    return true;
  }
}
