package io.sub30.market;

import static io.sub30.market.Layout.*;

/**
 * The M1 bars of a {@link SymbolState}: the open one, a ring of closed ones and the indicators that
 * move when one closes.
 *
 * <p>Bars are made of mids. As on MetaTrader's charts a minute without ticks has no bar. The
 * indicators follow the customary recursions, seeded with the first bar: EMA weight 2/(n+1),
 * Wilder's weight 1/n for RSI and ATR.
 */
public final class Bars {

  static final int EMA_FAST_BARS = 12;
  static final int EMA_SLOW_BARS = 26;
  static final int WILDER_BARS = 14;

  /** Bars over which the realised variance is taken. */
  static final int REALISED_BARS = 32;

  private Bars() {}

  /** Counts a mid in; true when a bar closed before it. */
  static boolean take(SymbolState s, long timeMsc, double mid) {
    long openMsc = Math.floorDiv(timeMsc, SymbolState.BAR_MILLIS) * SymbolState.BAR_MILLIS;
    double[] d = s.doubles;
    boolean closed = false;
    if (s.longs[BAR_TICKS] > 0 && openMsc != s.longs[BAR_OPEN_MSC]) {
      close(s);
      closed = true;
    }
    if (s.longs[BAR_TICKS] == 0) {
      s.longs[BAR_OPEN_MSC] = openMsc;
      d[BAR_OPEN] = mid;
      d[BAR_HIGH] = mid;
      d[BAR_LOW] = mid;
    }
    d[BAR_HIGH] = Math.max(d[BAR_HIGH], mid);
    d[BAR_LOW] = Math.min(d[BAR_LOW], mid);
    d[BAR_CLOSE] = mid;
    s.longs[BAR_TICKS]++;
    return closed;
  }

  private static void close(SymbolState s) {
    double[] d = s.doubles;
    long closed = s.longs[CLOSED_BARS];
    double close = d[BAR_CLOSE];
    double previous = closed == 0 ? d[BAR_OPEN] : d[RING_CLOSE + slot(s, 0)];
    indicators(d, closed, previous);

    int next = (int) (closed & (SymbolState.BARS - 1));
    s.longs[RING_OPEN_MSC + next] = s.longs[BAR_OPEN_MSC];
    s.longs[RING_TICKS + next] = s.longs[BAR_TICKS];
    d[RING_OPEN + next] = d[BAR_OPEN];
    d[RING_HIGH + next] = d[BAR_HIGH];
    d[RING_LOW + next] = d[BAR_LOW];
    d[RING_CLOSE + next] = close;
    d[RING_RETURN + next] = StrictMath.log(close / previous);
    s.longs[CLOSED_BARS] = closed + 1;
    s.longs[BAR_TICKS] = 0;
    d[REALISED_VARIANCE] = realisedVariance(s);
  }

  private static void indicators(double[] d, long closed, double previous) {
    double close = d[BAR_CLOSE];
    double range = d[BAR_HIGH] - d[BAR_LOW];
    if (closed == 0) {
      d[EMA_FAST] = close;
      d[EMA_SLOW] = close;
      d[ATR] = range;
      return;
    }
    double change = close - previous;
    double trueRange =
        Math.max(
            range, Math.max(Math.abs(d[BAR_HIGH] - previous), Math.abs(d[BAR_LOW] - previous)));
    d[EMA_FAST] += 2.0 / (EMA_FAST_BARS + 1) * (close - d[EMA_FAST]);
    d[EMA_SLOW] += 2.0 / (EMA_SLOW_BARS + 1) * (close - d[EMA_SLOW]);
    d[MEAN_GAIN] += (Math.max(change, 0) - d[MEAN_GAIN]) / WILDER_BARS;
    d[MEAN_LOSS] += (Math.max(-change, 0) - d[MEAN_LOSS]) / WILDER_BARS;
    d[ATR] += (trueRange - d[ATR]) / WILDER_BARS;
  }

  // Summed anew at each close: a running sum would gather rounding errors for as long as the
  // process lives.
  private static double realisedVariance(SymbolState s) {
    int bars = (int) Math.min(s.longs[CLOSED_BARS], REALISED_BARS);
    double sum = 0;
    for (int back = 0; back < bars; back++) {
      double move = s.doubles[RING_RETURN + slot(s, back)];
      sum += move * move;
    }
    return sum / bars;
  }

  static int slot(SymbolState s, int back) {
    return (int) ((s.longs[CLOSED_BARS] - 1 - back) & (SymbolState.BARS - 1));
  }

  /** Closed bars that can still be read, 0 to {@link SymbolState#BARS}. */
  public static int available(SymbolState s) {
    return (int) Math.min(s.longs[CLOSED_BARS], SymbolState.BARS);
  }

  /**
   * Open time of a closed bar, UTC epoch milliseconds; {@code back} 0 is the newest, below {@link
   * #available}.
   */
  public static long openMsc(SymbolState s, int back) {
    return s.longs[RING_OPEN_MSC + slot(s, back)];
  }

  /** Ticks in a closed bar. */
  public static long ticks(SymbolState s, int back) {
    return s.longs[RING_TICKS + slot(s, back)];
  }

  /** First mid of a closed bar, price units. */
  public static double open(SymbolState s, int back) {
    return s.doubles[RING_OPEN + slot(s, back)];
  }

  /** Highest mid of a closed bar, price units. */
  public static double high(SymbolState s, int back) {
    return s.doubles[RING_HIGH + slot(s, back)];
  }

  /** Lowest mid of a closed bar, price units. */
  public static double low(SymbolState s, int back) {
    return s.doubles[RING_LOW + slot(s, back)];
  }

  /** Last mid of a closed bar, price units. */
  public static double close(SymbolState s, int back) {
    return s.doubles[RING_CLOSE + slot(s, back)];
  }

  /** Log return from the close of the bar before; of the first bar from its own open. */
  public static double closeReturn(SymbolState s, int back) {
    return s.doubles[RING_RETURN + slot(s, back)];
  }

  /** EMA of the closes over 12 bars, price units; 0 before the first close. */
  public static double emaFast(SymbolState s) {
    return s.doubles[EMA_FAST];
  }

  /** EMA of the closes over 26 bars, price units. */
  public static double emaSlow(SymbolState s) {
    return s.doubles[EMA_SLOW];
  }

  /** Wilder's average true range over 14 bars, price units. */
  public static double atr(SymbolState s) {
    return s.doubles[ATR];
  }

  /** Wilder's relative strength index over 14 bars, 0 to 100; 50 when no close has moved yet. */
  public static double rsi(SymbolState s) {
    double gain = s.doubles[MEAN_GAIN];
    double both = gain + s.doubles[MEAN_LOSS];
    // When every close rose, rounding the product may lead a hair over 100.
    return both > 0 ? Math.min(100, 100 * gain / both) : 50;
  }

  /** Root mean square of the last 32 bars' log returns: volatility per square root of a minute. */
  public static double realisedVolatility(SymbolState s) {
    return StrictMath.sqrt(s.doubles[REALISED_VARIANCE]);
  }
}
