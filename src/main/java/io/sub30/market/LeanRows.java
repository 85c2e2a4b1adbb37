package io.sub30.market;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Quotes of QuantConnect's Lean: milliseconds since midnight, bid, ask; the day is in the file's
 * name.
 */
final class LeanRows implements Rows {

  private static final Pattern DAY = Pattern.compile("(\\d{8})_");
  private static final String COLUMNS = "milliseconds since midnight, bid, ask";
  private static final long DAY_MILLIS = 86_400_000;

  private final long midnightMsc;

  LeanRows(String file, ZoneOffset zone) {
    Matcher day = DAY.matcher(file);
    if (!day.find()) {
      throw new IllegalArgumentException(
          file + ": the name of a lean file must begin with its day, as in 20140508_quote.zip");
    }
    try {
      LocalDate date = LocalDate.parse(day.group(1), DateTimeFormatter.BASIC_ISO_DATE);
      midnightMsc = date.atStartOfDay(zone).toInstant().toEpochMilli();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(file + ": " + day.group(1) + " is no day", e);
    }
  }

  @Override
  public boolean read(Lines lines, TickSlot tick) throws MalformedTickException {
    lines.split(',', 3, COLUMNS);
    long millis = lines.wholeNumber(0, "milliseconds since midnight");
    if (millis >= DAY_MILLIS) {
      throw lines.malformed("milliseconds since midnight must be below " + DAY_MILLIS);
    }
    tick.timeMsc = midnightMsc + millis;
    tick.bid = lines.decimal(1, "bid");
    tick.ask = lines.decimal(2, "ask");
    tick.flags = TickSlot.BID | TickSlot.ASK;
    return true;
  }
}
