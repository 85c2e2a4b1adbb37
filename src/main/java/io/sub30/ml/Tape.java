package io.sub30.ml;

import java.util.Arrays;

/** The mid price over time, as far as it was read: what labels are taken from. */
final class Tape {

  private long[] timesMsc = new long[1 << 16];
  private double[] logMids = new double[1 << 16];
  private int size;

  /** Times must not decrease. */
  void add(long timeMsc, double mid) {
    if (size > 0 && timeMsc < timesMsc[size - 1]) {
      throw new IllegalArgumentException(
          "tick at "
              + timeMsc
              + " after one at "
              + timesMsc[size - 1]
              + ": times must not decrease");
    }
    if (size == timesMsc.length) {
      timesMsc = Arrays.copyOf(timesMsc, size * 2);
      logMids = Arrays.copyOf(logMids, size * 2);
    }
    timesMsc[size] = timeMsc;
    logMids[size] = Math.log(mid);
    size++;
  }

  int size() {
    return size;
  }

  long timeMsc(int index) {
    return timesMsc[index];
  }

  double logMid(int index) {
    return logMids[index];
  }

  long lastMsc() {
    return size == 0 ? Long.MIN_VALUE : timesMsc[size - 1];
  }

  /**
   * Realised volatility between two times: the root of the summed squares of log returns on a grid
   * of {@code steps}, each grid point taking the price before it.
   *
   * @param from index of the tick at or before the start
   */
  double realised(int from, long startMsc, long endMsc, int steps) {
    double sum = 0;
    int at = from;
    double last = logMids[from];
    for (int step = 1; step <= steps; step++) {
      long until = startMsc + (endMsc - startMsc) * step / steps;
      while (at + 1 < size && timesMsc[at + 1] <= until) {
        at++;
      }
      double change = logMids[at] - last;
      sum += change * change;
      last = logMids[at];
    }
    return Math.sqrt(sum);
  }

  /** Index of the last tick at or before that time, looking backwards from an index. */
  int before(int from, long timeMsc) {
    int at = from;
    while (at > 0 && timesMsc[at] > timeMsc) {
      at--;
    }
    return at;
  }
}
