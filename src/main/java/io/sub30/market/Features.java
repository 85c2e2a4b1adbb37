package io.sub30.market;

import static io.sub30.market.Layout.*;

import java.util.Arrays;
import java.util.List;

/**
 * The feature vector: scale-free numbers of one symbol as of its newest tick, fit for a linear
 * model.
 *
 * <p>With m the mid, s = ask - bid, v_tick, v_fast and v_slow the volatilities of {@link
 * SymbolState} (at least {@value #FLOOR}) and ln the natural logarithm. Ratios are clamped to
 * ±{@value #CLAMP}. The order is part of every model: a new feature goes to the end.
 */
public final class Features {

  /** {@code ln(m / m 1 tick ago) / v_tick}. */
  public static final int RETURN_1 = 0;

  /** {@code ln(m / m 5 ticks ago) / (v_tick sqrt 5)}. */
  public static final int RETURN_5 = 1;

  /** {@code ln(m / m 20 ticks ago) / (v_tick sqrt 20)}. */
  public static final int RETURN_20 = 2;

  /** {@code ln(m / m 100 ticks ago) / (v_tick sqrt 100)}. */
  public static final int RETURN_100 = 3;

  /** {@code ln(1 + 10,000 s/m)}: the spread in basis points, logarithmic. */
  public static final int SPREAD_BPS = 4;

  /** {@code (s/m) / (v_slow sqrt 60)}: the spread in standard deviations of a minute. */
  public static final int SPREAD_SIGMAS = 5;

  /** {@code (s/m - mean) / deviation} over about 256 ticks; 0 while the spread does not vary. */
  public static final int SPREAD_Z = 6;

  /** {@code ln(10,000 v_fast sqrt 60)}: basis points a minute, logarithmic. */
  public static final int VOLATILITY_FAST = 7;

  /** {@code ln(10,000 v_slow sqrt 60)}. */
  public static final int VOLATILITY_SLOW = 8;

  /** {@code ln(v_fast / v_slow)}. */
  public static final int VOLATILITY_RATIO = 9;

  /** {@code ln(10,000 r)} with r the root mean square return of the last 32 bars. */
  public static final int VOLATILITY_REALISED = 10;

  /** {@code ln(1 + ticks a minute)}, averaged over about a minute. */
  public static final int INTENSITY = 11;

  /** {@code ln(fast / slow)} of the ticks a second. */
  public static final int INTENSITY_RATIO = 12;

  /** {@code ln(1 + seconds between the newest tick and the one before)}. */
  public static final int SILENCE = 13;

  /** {@code sin(2 pi day)}, day the fraction of New York's day that has passed. */
  public static final int DAY_SIN = 14;

  /** {@code cos(2 pi day)}. */
  public static final int DAY_COS = 15;

  /** {@code sin(2 pi week)}, week the fraction of New York's week since Sunday 00:00. */
  public static final int WEEK_SIN = 16;

  /** {@code cos(2 pi week)}. */
  public static final int WEEK_COS = 17;

  /** 1 from 19:00 to 04:00 New York time, else 0. */
  public static final int SESSION_ASIA = 18;

  /** 1 from 03:00 to 12:00 New York time, else 0. */
  public static final int SESSION_LONDON = 19;

  /** 1 from 08:00 to 17:00 New York time, else 0. */
  public static final int SESSION_NEW_YORK = 20;

  /** {@code RSI(14) / 100}: 0 to 1. */
  public static final int RSI = 21;

  /** {@code (EMA(12) - EMA(26)) / ATR(14)}. */
  public static final int EMA_GAP = 22;

  /** {@code (m - EMA(12)) / ATR(14)}. */
  public static final int EMA_DISTANCE = 23;

  /** {@code ln(1 + 10,000 ATR(14) / m)}: basis points, logarithmic. */
  public static final int ATR_BPS = 24;

  /** Where m lies in the open bar: 0 at its low, 1 at its high, 0.5 while it has no range. */
  public static final int BAR_POSITION = 25;

  /** Average sign of the moves over about 32 ticks: -1 to 1. */
  public static final int TICK_IMBALANCE = 26;

  /** How many there are. */
  public static final int COUNT = 27;

  /** Names in order, as models store them. */
  public static final List<String> NAMES =
      List.of(
          "return_1",
          "return_5",
          "return_20",
          "return_100",
          "spread_bps",
          "spread_sigmas",
          "spread_z",
          "volatility_fast",
          "volatility_slow",
          "volatility_ratio",
          "volatility_realised",
          "intensity",
          "intensity_ratio",
          "silence",
          "day_sin",
          "day_cos",
          "week_sin",
          "week_cos",
          "session_asia",
          "session_london",
          "session_new_york",
          "rsi",
          "ema_gap",
          "ema_distance",
          "atr_bps",
          "bar_position",
          "tick_imbalance");

  /**
   * Ticks that must have been taken before the vector is warm: the longest lag and its starting
   * point.
   */
  public static final int WARM_TICKS = 101;

  /** Bars that must have closed before the vector is warm. */
  public static final int WARM_BARS = BarWindow.LENGTH;

  /** Bound of every ratio. */
  static final double CLAMP = 20;

  /** Least volatility divided by; a market moves a hundred times more in its quietest hour. */
  static final double FLOOR = 1e-7;

  private static final double BPS = 10_000;
  private static final double SQRT_MINUTE = StrictMath.sqrt(60);
  private static final double SQRT_5 = StrictMath.sqrt(5);
  private static final double SQRT_20 = StrictMath.sqrt(20);

  private Features() {}

  /** Whether there is history enough for every feature to mean what it says. */
  public static boolean isWarm(SymbolState state) {
    return state.ticks() >= WARM_TICKS && state.closedBars() >= WARM_BARS;
  }

  /**
   * Writes the {@link #COUNT} features from {@code out[0]} on. Before the state is warm, what is
   * not known yet is neutral: 0, or what the history there is gives. Every value is finite.
   * Allocates nothing.
   */
  public static void write(SymbolState state, double[] out) {
    if (state.ticks() == 0) {
      Arrays.fill(out, 0, COUNT, 0);
      return;
    }
    returns(state, out);
    spread(state, out);
    volatility(state, out);
    intensity(state, out);
    clock(state.timeMsc(), out);
    bars(state, out);
  }

  private static void returns(SymbolState s, double[] out) {
    double tick = Math.max(s.tickVolatility(), FLOOR);
    out[RETURN_1] = move(s, 1) / tick;
    out[RETURN_5] = move(s, 5) / (tick * SQRT_5);
    out[RETURN_20] = move(s, 20) / (tick * SQRT_20);
    out[RETURN_100] = move(s, 100) / (tick * 10);
    for (int i = RETURN_1; i <= RETURN_100; i++) {
      out[i] = clamp(out[i]);
    }
    out[TICK_IMBALANCE] = s.doubles[TICK_SIGN];
  }

  private static double move(SymbolState s, int lag) {
    return s.ticks() > lag ? s.logMid(0) - s.logMid(lag) : 0;
  }

  private static void spread(SymbolState s, double[] out) {
    double spread = (s.ask() - s.bid()) / s.mid();
    double deviation = StrictMath.sqrt(s.doubles[SPREAD_VARIANCE]);
    double slow = Math.max(s.slowVolatility(), FLOOR);
    out[SPREAD_BPS] = StrictMath.log(1 + BPS * spread);
    out[SPREAD_SIGMAS] = clamp(spread / (slow * SQRT_MINUTE));
    out[SPREAD_Z] = deviation < 1e-9 ? 0 : clamp((spread - s.doubles[SPREAD_MEAN]) / deviation);
  }

  private static void volatility(SymbolState s, double[] out) {
    double fast = Math.max(s.fastVolatility(), FLOOR);
    double slow = Math.max(s.slowVolatility(), FLOOR);
    double realised = Math.max(Bars.realisedVolatility(s), FLOOR * SQRT_MINUTE);
    out[VOLATILITY_FAST] = StrictMath.log(BPS * fast * SQRT_MINUTE);
    out[VOLATILITY_SLOW] = StrictMath.log(BPS * slow * SQRT_MINUTE);
    out[VOLATILITY_RATIO] = StrictMath.log(fast / slow);
    out[VOLATILITY_REALISED] = StrictMath.log(BPS * realised);
  }

  private static void intensity(SymbolState s, double[] out) {
    double fast = s.doubles[INTENSITY_FAST];
    out[INTENSITY] = StrictMath.log(1 + 60 * fast);
    out[INTENSITY_RATIO] = StrictMath.log(fast / s.doubles[INTENSITY_SLOW]);
    out[SILENCE] = StrictMath.log(1 + s.longs[ELAPSED_MILLIS] / 1_000.0);
  }

  private static void clock(long utcMsc, double[] out) {
    int day = NewYorkTime.minuteOfDay(utcMsc);
    double dayAngle = 2 * Math.PI * day / NewYorkTime.MINUTES_A_DAY;
    double weekAngle = 2 * Math.PI * NewYorkTime.minuteOfWeek(utcMsc) / NewYorkTime.MINUTES_A_WEEK;
    out[DAY_SIN] = StrictMath.sin(dayAngle);
    out[DAY_COS] = StrictMath.cos(dayAngle);
    out[WEEK_SIN] = StrictMath.sin(weekAngle);
    out[WEEK_COS] = StrictMath.cos(weekAngle);
    out[SESSION_ASIA] = NewYorkTime.asia(day) ? 1 : 0;
    out[SESSION_LONDON] = NewYorkTime.london(day) ? 1 : 0;
    out[SESSION_NEW_YORK] = NewYorkTime.newYork(day) ? 1 : 0;
  }

  private static void bars(SymbolState s, double[] out) {
    double[] d = s.doubles;
    double mid = d[MID];
    // Half a hundredth of a basis point: below it a range is rounding, not movement.
    double atr = Math.max(d[ATR], mid * 5e-7);
    boolean any = s.closedBars() > 0;
    out[RSI] = Bars.rsi(s) / 100;
    out[EMA_GAP] = any ? clamp((d[EMA_FAST] - d[EMA_SLOW]) / atr) : 0;
    out[EMA_DISTANCE] = any ? clamp((mid - d[EMA_FAST]) / atr) : 0;
    out[ATR_BPS] = StrictMath.log(1 + BPS * d[ATR] / mid);
    double range = d[BAR_HIGH] - d[BAR_LOW];
    out[BAR_POSITION] = range > 0 ? (mid - d[BAR_LOW]) / range : 0.5;
  }

  private static double clamp(double value) {
    return Math.max(-CLAMP, Math.min(CLAMP, value));
  }
}
