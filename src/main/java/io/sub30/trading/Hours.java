package io.sub30.trading;

import io.sub30.market.NewYorkTime;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Windows of the week in New York time, to the minute; a window's end is outside it. Written as
 *
 * <ul>
 *   <li>{@code always}
 *   <li>{@code 08:00-12:00}: every day; {@code 22:00-02:00} runs past midnight
 *   <li>{@code Mon-Fri 08:00-12:00} or {@code Tue 08:00-12:00}: on these days
 *   <li>{@code Sun 17:05 - Fri 16:45}: without a break from the one to the other
 * </ul>
 *
 * Immutable; a look-up allocates nothing.
 */
final class Hours {

  static final Hours ALWAYS = parse(List.of("always"));

  private static final List<String> DAYS = List.of("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat");
  private static final String DAY = "(Sun|Mon|Tue|Wed|Thu|Fri|Sat)";
  private static final String CLOCK = "([01]\\d|2[0-4]):([0-5]\\d)";
  private static final Pattern WEEKLY =
      Pattern.compile(DAY + " " + CLOCK + " ?- ?" + DAY + " " + CLOCK);
  private static final Pattern DAILY =
      Pattern.compile("(?:" + DAY + "(?:-" + DAY + ")? )?" + CLOCK + " ?- ?" + CLOCK);

  private final long[] open = new long[(NewYorkTime.MINUTES_A_WEEK + 63) / 64];
  private final List<String> windows;

  private Hours(List<String> windows) {
    this.windows = List.copyOf(windows);
  }

  /**
   * @throws IllegalArgumentException naming the window and how one is written
   */
  static Hours parse(List<String> windows) {
    Hours hours = new Hours(windows);
    for (String window : windows) {
      hours.add(window.trim());
    }
    return hours;
  }

  /** Whether that moment is inside a window. */
  boolean contain(long utcMsc) {
    int minute = NewYorkTime.minuteOfWeek(utcMsc);
    return (open[minute >> 6] & 1L << (minute & 63)) != 0;
  }

  private void add(String window) {
    if (window.equals("always")) {
      fill(0, NewYorkTime.MINUTES_A_WEEK);
      return;
    }
    Matcher weekly = WEEKLY.matcher(window);
    if (weekly.matches()) {
      int from = at(day(weekly.group(1)), minutes(weekly, 2, window));
      int to = at(day(weekly.group(4)), minutes(weekly, 5, window));
      fill(from, length(from, to, NewYorkTime.MINUTES_A_WEEK));
      return;
    }
    Matcher daily = DAILY.matcher(window);
    if (!daily.matches()) {
      throw wrong(window);
    }
    int first = daily.group(1) == null ? 0 : day(daily.group(1));
    int last = daily.group(2) != null ? day(daily.group(2)) : daily.group(1) == null ? 6 : first;
    int from = minutes(daily, 3, window);
    int length = length(from, minutes(daily, 5, window), NewYorkTime.MINUTES_A_DAY);
    for (int day = first; ; day = (day + 1) % 7) {
      fill(at(day, from), length);
      if (day == last) {
        break;
      }
    }
  }

  private void fill(int fromMinute, int minutes) {
    for (int i = 0; i < minutes; i++) {
      int minute = (fromMinute + i) % NewYorkTime.MINUTES_A_WEEK;
      open[minute >> 6] |= 1L << (minute & 63);
    }
  }

  /** From one minute to the other, the long way round when they are the same. */
  private static int length(int from, int to, int cycle) {
    int length = Math.floorMod(to - from, cycle);
    return length == 0 ? cycle : length;
  }

  private static int at(int day, int minuteOfDay) {
    return day * NewYorkTime.MINUTES_A_DAY + minuteOfDay;
  }

  private static int day(String name) {
    return DAYS.indexOf(name);
  }

  private static int minutes(Matcher matcher, int group, String window) {
    int minutes =
        Integer.parseInt(matcher.group(group)) * 60 + Integer.parseInt(matcher.group(group + 1));
    if (minutes > NewYorkTime.MINUTES_A_DAY) {
      throw wrong(window);
    }
    return minutes;
  }

  private static IllegalArgumentException wrong(String window) {
    return new IllegalArgumentException(
        "'"
            + window
            + "' is no window; write always, 08:00-12:00, Mon-Fri 08:00-12:00 or Sun 17:05 - Fri"
            + " 16:45 (New York time)");
  }

  @Override
  public String toString() {
    return windows.toString();
  }
}
