package io.sub30.market;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Reads {@code 2024.01.31} and {@code 13:05[:59[.123]]} of MetaTrader's exports, keeping the last
 * day at hand.
 */
final class Mt5Time {

  private final long zoneMillis;
  private int day = -1;
  private long midnightMsc;

  Mt5Time(ZoneOffset zone) {
    zoneMillis = zone.getTotalSeconds() * 1_000L;
  }

  long read(Lines lines) throws MalformedTickException {
    int length = lines.length(0);
    if (length != 10 || lines.at(0, 4) != '.' || lines.at(0, 7) != '.') {
      throw lines.malformed("<DATE> must look like 2024.01.31");
    }
    int year = lines.digits(0, 0, 4, "<DATE>");
    int month = lines.digits(0, 5, 7, "<DATE>");
    int dayOfMonth = lines.digits(0, 8, 10, "<DATE>");
    int key = (year * 100 + month) * 100 + dayOfMonth;
    if (key != day) {
      try {
        midnightMsc = LocalDate.of(year, month, dayOfMonth).toEpochDay() * 86_400_000L;
      } catch (DateTimeException e) {
        throw lines.malformed("<DATE> is no day");
      }
      day = key;
    }
    return midnightMsc + timeOfDay(lines) - zoneMillis;
  }

  private static long timeOfDay(Lines lines) throws MalformedTickException {
    int length = lines.length(1);
    boolean shaped =
        (length == 5 || length == 8 || length == 12)
            && lines.at(1, 2) == ':'
            && (length < 8 || lines.at(1, 5) == ':')
            && (length < 12 || lines.at(1, 8) == '.');
    if (!shaped) {
      throw lines.malformed("<TIME> must look like 13:05, 13:05:59 or 13:05:59.123");
    }
    int hour = lines.digits(1, 0, 2, "<TIME>");
    int minute = lines.digits(1, 3, 5, "<TIME>");
    int second = length < 8 ? 0 : lines.digits(1, 6, 8, "<TIME>");
    int millis = length < 12 ? 0 : lines.digits(1, 9, 12, "<TIME>");
    if (hour > 23 || minute > 59 || second > 59) {
      throw lines.malformed("<TIME> is no time of day");
    }
    return ((hour * 60L + minute) * 60 + second) * 1_000 + millis;
  }
}
