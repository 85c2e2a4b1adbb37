package io.sub30.market;

import java.time.ZoneOffset;

/**
 * The M1 bar export of MetaTrader 5. A bar becomes four quotes at 0, 20, 40 and 59.999 s: open, the
 * extreme that lies on the way (low first in a rising bar), the other extreme, close. Bars are of
 * bids; the ask is the bar's spread away.
 */
final class Mt5BarRows implements Rows {

  private static final String COLUMNS =
      "<DATE> <TIME> <OPEN> <HIGH> <LOW> <CLOSE> <TICKVOL> <VOL> <SPREAD>";
  private static final long[] AT_MILLIS = {0, 20_000, 40_000, 59_999};

  private final Mt5Time time;
  private final double point;
  private final double[] bids = new double[AT_MILLIS.length];
  private long openMsc;
  private double spread;
  private int at;

  Mt5BarRows(ZoneOffset zone, double point) {
    this.time = new Mt5Time(zone);
    this.point = point;
  }

  @Override
  public boolean read(Lines lines, TickSlot tick) throws MalformedTickException {
    lines.split('\t', 9, COLUMNS);
    if (lines.line() == 1 && lines.startsWith("<")) {
      return false;
    }
    openMsc = time.read(lines);
    double open = lines.decimal(2, "<OPEN>");
    double high = lines.decimal(3, "<HIGH>");
    double low = lines.decimal(4, "<LOW>");
    double close = lines.decimal(5, "<CLOSE>");
    if (!(low <= Math.min(open, close) && Math.max(open, close) <= high)) {
      throw lines.malformed("<OPEN> and <CLOSE> must lie between <LOW> and <HIGH>");
    }
    spread = lines.wholeNumber(8, "<SPREAD>") * point;
    boolean rising = close >= open;
    bids[0] = open;
    bids[1] = rising ? low : high;
    bids[2] = rising ? high : low;
    bids[3] = close;
    at = -1;
    return more(tick);
  }

  @Override
  public boolean more(TickSlot tick) {
    if (at + 1 >= bids.length) {
      return false;
    }
    at++;
    tick.timeMsc = openMsc + AT_MILLIS[at];
    tick.bid = bids[at];
    tick.ask = bids[at] + spread;
    tick.flags = TickSlot.BID | TickSlot.ASK;
    return true;
  }
}
