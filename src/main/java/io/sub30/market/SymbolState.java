package io.sub30.market;

import static io.sub30.market.Layout.*;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Everything kept about one symbol of one terminal, brought up to date tick by tick and never
 * scanned again.
 *
 * <p>All of it lies in one {@code long[]} and one {@code double[]}, so that a copy, a snapshot and
 * its restoration are array copies and exact to the bit. Logarithms and exponentials are {@link
 * StrictMath}'s: the same ticks give the same bits on every machine, which replaying stored batches
 * relies on.
 *
 * <p>Two steps a tick: {@link #complete} fills in what the tick leaves out and judges it without
 * touching the state; {@link #apply} takes a completed tick, whether fresh or stored, and depends
 * on nothing else.
 *
 * <p>Belongs to one thread at a time. Neither step allocates.
 */
public final class SymbolState {

  /** Closed M1 bars remembered. */
  public static final int BARS = 64;

  /** Milliseconds in an M1 bar. */
  public static final long BAR_MILLIS = 60_000;

  /** A longer silence than this is a gap: the move across it says nothing about volatility. */
  public static final long GAP_MILLIS = 60_000;

  /**
   * Ticks in a row older than the newest one after which the state begins again: the terminal went
   * back in time, it did not just deliver late.
   */
  public static final int RESTART_TICKS = 64;

  /** Bytes of a snapshot. */
  public static final int SNAPSHOT_BYTES = Integer.BYTES + (LONGS + DOUBLES) * Long.BYTES;

  /** Time constant of the fast averages, seconds. */
  static final double FAST_SECONDS = 60;

  /** Time constant of the slow averages, seconds. */
  static final double SLOW_SECONDS = 900;

  /** Ticks over which spread and tick variance are averaged. */
  static final int AVERAGED_TICKS = 256;

  private static final double SIGN_WEIGHT = 1.0 / 32;

  final long[] longs = new long[LONGS];
  final double[] doubles = new double[DOUBLES];

  /**
   * Fills in what {@code tick} leaves out and sets its quality, without changing this state.
   *
   * <p>A missing side is carried forward from the tick before; if that would cross the quote, it is
   * moved to the side that came, since each side of a one-sided feed moves alone. A tick with a
   * last price and no quote is a trade: bid and ask become the last price -/+ half of {@code
   * typicalSpread}. Quality bits already set stay.
   *
   * @param typicalSpread price units
   * @return false when the tick has neither a quote nor a trade; it is then of no use
   */
  public boolean complete(TickSlot tick, double typicalSpread) {
    int quality = tick.quality;
    if (tick.bid == 0 || tick.ask == 0) {
      boolean oneSided = tick.bid != 0 || tick.ask != 0;
      if (oneSided && doubles[BID] > 0) {
        quality |= Quality.CARRIED;
        if (tick.bid == 0) {
          tick.bid = Math.min(doubles[BID], tick.ask);
        } else {
          tick.ask = Math.max(doubles[ASK], tick.bid);
        }
      } else if (tick.last != 0) {
        quality |= Quality.TRADE;
        tick.bid = tick.last - typicalSpread / 2;
        tick.ask = tick.last + typicalSpread / 2;
        if (tick.bid <= 0) {
          tick.bid = tick.last;
        }
      } else {
        return false;
      }
    }
    if (tick.bid == tick.ask) {
      quality |= Quality.ZERO_SPREAD;
    }
    if (longs[TICKS] > 0) {
      long elapsed = tick.timeMsc - longs[TIME_MSC];
      if (elapsed > GAP_MILLIS) {
        quality |= Quality.GAP;
      } else if (elapsed < 0) {
        quality |=
            longs[BEHIND_RUN] + 1 >= RESTART_TICKS ? Quality.RESTARTED : Quality.OUT_OF_ORDER;
      }
    }
    tick.quality = quality;
    return true;
  }

  /**
   * Takes a completed tick. A tick marked {@link Quality#OUT_OF_ORDER} is only counted: the state
   * stands for the newest quote and does not move back.
   *
   * @return whether an M1 bar closed because of it
   */
  public boolean apply(TickSlot tick) {
    if ((tick.quality & Quality.OUT_OF_ORDER) != 0) {
      longs[BEHIND_RUN]++;
      return false;
    }
    if ((tick.quality & Quality.RESTARTED) != 0) {
      clear();
    }
    long count = longs[TICKS];
    long elapsed = count == 0 ? 0 : tick.timeMsc - longs[TIME_MSC];
    double mid = tick.mid();
    double logMid = StrictMath.log(mid);
    // One step to a new level is no sample of volatility: squared, it would drown the market's own
    // for hours.
    boolean step = (tick.quality & Quality.LEVEL_CHANGE) != 0;
    if (count > 0 && !step) {
      averageMove(count, logMid);
    }
    averageSpread(count, (tick.ask - tick.bid) / mid);
    averageOverTime(count == 0 || step, elapsed, logMid);

    longs[TIME_MSC] = tick.timeMsc;
    longs[TICKS] = count + 1;
    longs[BEHIND_RUN] = 0;
    longs[ELAPSED_MILLIS] = elapsed;
    longs[FLAGS] = tick.flags;
    doubles[BID] = tick.bid;
    doubles[ASK] = tick.ask;
    doubles[LAST] = tick.last;
    doubles[VOLUME] = tick.volume;
    doubles[MID] = mid;
    doubles[RING_LOG_MID + (int) (count & (LOG_MIDS - 1))] = logMid;
    return Bars.take(this, tick.timeMsc, mid);
  }

  private void averageMove(long count, double logMid) {
    double move = logMid - logMid(0);
    double weight = 1.0 / Math.min(count, AVERAGED_TICKS);
    doubles[TICK_VARIANCE] += weight * (move * move - doubles[TICK_VARIANCE]);
    doubles[TICK_SIGN] += SIGN_WEIGHT * (Math.signum(move) - doubles[TICK_SIGN]);
  }

  private void averageSpread(long count, double spread) {
    double weight = 1.0 / Math.min(count + 1, AVERAGED_TICKS);
    double delta = spread - doubles[SPREAD_MEAN];
    doubles[SPREAD_MEAN] += weight * delta;
    doubles[SPREAD_VARIANCE] = (1 - weight) * (doubles[SPREAD_VARIANCE] + weight * delta * delta);
  }

  /**
   * Takes from a completed tick only what the next one is completed and judged by: time, prices,
   * the count. For a copy that is thrown away; averages, bars and features stay what they were.
   */
  public void follow(TickSlot tick) {
    if ((tick.quality & Quality.OUT_OF_ORDER) != 0) {
      longs[BEHIND_RUN]++;
      return;
    }
    if ((tick.quality & Quality.RESTARTED) != 0) {
      clear();
    }
    longs[TIME_MSC] = tick.timeMsc;
    longs[TICKS]++;
    longs[BEHIND_RUN] = 0;
    doubles[BID] = tick.bid;
    doubles[ASK] = tick.ask;
    doubles[LAST] = tick.last;
    doubles[VOLUME] = tick.volume;
    doubles[MID] = tick.mid();
  }

  /** Intensity and volatility: averages that fade with time, not with the number of ticks. */
  private void averageOverTime(boolean anew, long elapsedMillis, double logMid) {
    if (elapsedMillis > 0) {
      double seconds = elapsedMillis / 1_000.0;
      double keepFast = StrictMath.exp(-seconds / FAST_SECONDS);
      double keepSlow = StrictMath.exp(-seconds / SLOW_SECONDS);
      doubles[INTENSITY_FAST] *= keepFast;
      doubles[INTENSITY_SLOW] *= keepSlow;
      if (!anew && elapsedMillis <= GAP_MILLIS) {
        double move = logMid - doubles[VOLATILITY_ANCHOR];
        double rate = move * move / seconds;
        doubles[VARIANCE_FAST] = keepFast * doubles[VARIANCE_FAST] + (1 - keepFast) * rate;
        doubles[VARIANCE_SLOW] = keepSlow * doubles[VARIANCE_SLOW] + (1 - keepSlow) * rate;
        doubles[WEIGHT_FAST] = keepFast * doubles[WEIGHT_FAST] + (1 - keepFast);
        doubles[WEIGHT_SLOW] = keepSlow * doubles[WEIGHT_SLOW] + (1 - keepSlow);
      }
    }
    // Ticks of one millisecond share the anchor, so that their moves count when time goes on.
    if (elapsedMillis > 0 || anew) {
      doubles[VOLATILITY_ANCHOR] = logMid;
    }
    doubles[INTENSITY_FAST] += 1 / FAST_SECONDS;
    doubles[INTENSITY_SLOW] += 1 / SLOW_SECONDS;
  }

  /** Makes {@code other} equal to this state, to the bit. */
  public void copyTo(SymbolState other) {
    System.arraycopy(longs, 0, other.longs, 0, LONGS);
    System.arraycopy(doubles, 0, other.doubles, 0, DOUBLES);
  }

  /** Forgets everything. */
  public void clear() {
    Arrays.fill(longs, 0);
    Arrays.fill(doubles, 0);
  }

  /** Puts {@link #SNAPSHOT_BYTES} bytes into {@code out}, which must have room for them. */
  public void write(ByteBuffer out) {
    out.putInt(VERSION);
    out.asLongBuffer().put(longs);
    out.position(out.position() + LONGS * Long.BYTES);
    out.asDoubleBuffer().put(doubles);
    out.position(out.position() + DOUBLES * Double.BYTES);
  }

  /**
   * Takes over what {@link #write} put.
   *
   * @throws IllegalArgumentException when the snapshot is of another layout or too short
   */
  public void read(ByteBuffer in) {
    try {
      int version = in.getInt();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "snapshot of layout " + version + " but this build reads layout " + VERSION);
      }
      in.asLongBuffer().get(longs);
      in.position(in.position() + LONGS * Long.BYTES);
      in.asDoubleBuffer().get(doubles);
      in.position(in.position() + DOUBLES * Double.BYTES);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException(
          "snapshot is shorter than " + SNAPSHOT_BYTES + " bytes", e);
    }
  }

  /** Whether {@code other} holds the same bits. */
  public boolean sameBits(SymbolState other) {
    if (!Arrays.equals(longs, other.longs)) {
      return false;
    }
    for (int i = 0; i < DOUBLES; i++) {
      if (Double.doubleToRawLongBits(doubles[i]) != Double.doubleToRawLongBits(other.doubles[i])) {
        return false;
      }
    }
    return true;
  }

  /** Time of the newest tick, UTC epoch milliseconds; 0 before the first. */
  public long timeMsc() {
    return longs[TIME_MSC];
  }

  /** Ticks taken since the state began, without those out of order. */
  public long ticks() {
    return longs[TICKS];
  }

  /** Best bid, price units; 0 before the first tick. */
  public double bid() {
    return doubles[BID];
  }

  /** Best ask, price units; 0 before the first tick. */
  public double ask() {
    return doubles[ASK];
  }

  /** Price of the last deal in the newest tick; 0 when it had none. */
  public double last() {
    return doubles[LAST];
  }

  /** Volume of the newest tick; 0 when it had none. */
  public double volume() {
    return doubles[VOLUME];
  }

  /** Middle of bid and ask, price units. */
  public double mid() {
    return doubles[MID];
  }

  /** Natural logarithm of the mid {@code lag} ticks ago, 0 to 127. */
  double logMid(int lag) {
    return doubles[RING_LOG_MID + (int) ((longs[TICKS] - 1 - lag) & (LOG_MIDS - 1))];
  }

  /** Root mean square log return of a tick over about the last 256. */
  public double tickVolatility() {
    return StrictMath.sqrt(doubles[TICK_VARIANCE]);
  }

  /**
   * Volatility over about the last minute: standard deviation of the log return, per square root of
   * a second.
   */
  public double fastVolatility() {
    return StrictMath.sqrt(doubles[VARIANCE_FAST] / Math.max(doubles[WEIGHT_FAST], 1e-12));
  }

  /** Volatility over about the last 15 minutes, per square root of a second. */
  public double slowVolatility() {
    return StrictMath.sqrt(doubles[VARIANCE_SLOW] / Math.max(doubles[WEIGHT_SLOW], 1e-12));
  }

  /** M1 bars closed since the state began. */
  public long closedBars() {
    return longs[CLOSED_BARS];
  }

  /** Open time of the last closed bar, UTC epoch milliseconds; 0 when there is none. */
  public long lastBarMsc() {
    return longs[CLOSED_BARS] == 0 ? 0 : longs[RING_OPEN_MSC + Bars.slot(this, 0)];
  }
}
