package io.sub30.client;

/**
 * Moves the times of repeated passes over the same ticks forward, by whole days, so that the time
 * of day (and with it the trading session) is kept and time never runs backwards from one pass to
 * the next.
 */
final class PassShift {
  private static final long DAY_MILLIS = 86_400_000L;

  private long earliest = Long.MAX_VALUE;
  private long latest = Long.MIN_VALUE;
  private long shiftMillis;
  private boolean learning = true;

  /** The time to send for a time read. The first pass also learns the span. */
  long apply(long timeMillis) {
    if (learning) {
      earliest = Math.min(earliest, timeMillis);
      latest = Math.max(latest, timeMillis);
    }
    return Math.addExact(timeMillis, shiftMillis);
  }

  /**
   * Begins the next pass: the fewest whole days that put its earliest tick past the latest one of
   * the pass before.
   */
  void nextPass() {
    if (earliest > latest) {
      throw new IllegalStateException("a pass without ticks cannot be repeated");
    }
    learning = false;
    long days = (latest - earliest) / DAY_MILLIS + 1;
    shiftMillis = Math.addExact(shiftMillis, days * DAY_MILLIS);
  }

  /** Market time since the first tick of the first pass. */
  long sinceStartMillis(long shiftedMillis) {
    return shiftedMillis - earliest;
  }
}
