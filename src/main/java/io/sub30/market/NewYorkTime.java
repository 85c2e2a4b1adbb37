package io.sub30.market;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Arrays;

/**
 * New York's wall-clock, on which the trading week turns: it runs from Sunday 17:00 to Friday
 * 17:00.
 *
 * <p>Offsets come from a table of daylight saving transitions for 1990 to 2100, made once from the
 * time zone database; a look-up is a binary search and allocates nothing. Sessions are the
 * customary ones, in New York hours: Asia 19-04, London 03-12, New York 08-17.
 */
public final class NewYorkTime {

  public static final int MINUTES_A_DAY = 1_440;
  public static final int MINUTES_A_WEEK = 7 * MINUTES_A_DAY;

  private static final int WEEK_TURN_MINUTE = 17 * 60;
  private static final long[] FROM_MSC;
  private static final int[] OFFSET_MILLIS;

  static {
    ZoneRules rules = ZoneId.of("America/New_York").getRules();
    long[] from = new long[256];
    int[] offset = new int[256];
    int size = 0;
    Instant at = Instant.parse("1990-01-01T00:00:00Z");
    Instant end = Instant.parse("2101-01-01T00:00:00Z");
    from[size] = Long.MIN_VALUE;
    offset[size++] = rules.getOffset(at).getTotalSeconds() * 1_000;
    for (ZoneOffsetTransition next = rules.nextTransition(at);
        next != null && next.getInstant().isBefore(end);
        next = rules.nextTransition(next.getInstant())) {
      from[size] = next.toEpochSecond() * 1_000;
      offset[size++] = next.getOffsetAfter().getTotalSeconds() * 1_000;
    }
    FROM_MSC = Arrays.copyOf(from, size);
    OFFSET_MILLIS = Arrays.copyOf(offset, size);
  }

  private NewYorkTime() {}

  /** What to add to UTC, milliseconds: -18,000,000 in winter, -14,400,000 in summer. */
  public static int offsetMillis(long utcMsc) {
    int found = Arrays.binarySearch(FROM_MSC, utcMsc);
    return OFFSET_MILLIS[found >= 0 ? found : -found - 2];
  }

  /** Minute of the local day, 0 to 1,439. */
  public static int minuteOfDay(long utcMsc) {
    return (int)
        Math.floorMod(Math.floorDiv(utcMsc + offsetMillis(utcMsc), 60_000L), (long) MINUTES_A_DAY);
  }

  /** Minute of the local week, 0 at Sunday 00:00, up to 10,079. */
  public static int minuteOfWeek(long utcMsc) {
    long minute = Math.floorDiv(utcMsc + offsetMillis(utcMsc), 60_000L);
    // 1970-01-01 was a Thursday, four days after a Sunday.
    return (int) Math.floorMod(minute + 4L * MINUTES_A_DAY, (long) MINUTES_A_WEEK);
  }

  /** Whether the currency market is closed: Friday 17:00 to Sunday 17:00. */
  public static boolean weekend(long utcMsc) {
    int minute = minuteOfWeek(utcMsc);
    return minute < WEEK_TURN_MINUTE || minute >= 5 * MINUTES_A_DAY + WEEK_TURN_MINUTE;
  }

  static boolean asia(int minuteOfDay) {
    return minuteOfDay >= 19 * 60 || minuteOfDay < 4 * 60;
  }

  static boolean london(int minuteOfDay) {
    return minuteOfDay >= 3 * 60 && minuteOfDay < 12 * 60;
  }

  static boolean newYork(int minuteOfDay) {
    return minuteOfDay >= 8 * 60 && minuteOfDay < WEEK_TURN_MINUTE;
  }
}
