package io.sub30.market;

import java.time.ZoneOffset;

/** The tick export of MetaTrader 5: tab-separated, fields that did not change may be empty. */
final class Mt5Rows implements Rows {

  private static final String COLUMNS = "<DATE> <TIME> <BID> <ASK> <LAST> <VOLUME> <FLAGS>";

  private final Mt5Time time;

  Mt5Rows(ZoneOffset zone) {
    time = new Mt5Time(zone);
  }

  @Override
  public boolean read(Lines lines, TickSlot tick) throws MalformedTickException {
    if (lines.line() == 1 && lines.startsWith("<")) {
      lines.split('\t', 7, COLUMNS);
      return false;
    }
    lines.split('\t', 7, COLUMNS);
    tick.timeMsc = time.read(lines);
    tick.bid = lines.empty(2) ? 0 : lines.decimal(2, "<BID>");
    tick.ask = lines.empty(3) ? 0 : lines.decimal(3, "<ASK>");
    tick.last = lines.empty(4) ? 0 : lines.decimal(4, "<LAST>");
    tick.volume = lines.empty(5) ? 0 : lines.decimal(5, "<VOLUME>");
    tick.flags = (int) lines.wholeNumber(6, "<FLAGS>") & TickSlot.KNOWN_FLAGS;
    return true;
  }
}
