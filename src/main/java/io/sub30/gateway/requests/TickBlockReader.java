package io.sub30.gateway.requests;

import io.sub30.gateway.text.Refused;
import io.sub30.market.DecimalPoints;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickBlock;
import io.sub30.v1.TickColumn;
import java.util.function.IntUnaryOperator;

/**
 * Makes ticks of a block again, bit by bit what its sender had. Whatever a block claims is checked
 * before it is believed: a run may say four thousand million ticks in six bytes.
 */
final class TickBlockReader {
  /**
   * More bytes no block of {@link BatchLimits#MAX_TICKS} ticks needs: 10 for a time, 8 for each of
   * four prices and 11 for the runs of a tick, and the symbols.
   */
  static final int MAX_BYTES = 576 << 10;

  /** Most symbols of a block. */
  static final int MAX_SYMBOLS = 256;

  private static final int BID = 1;
  private static final int ASK = 2;
  private static final int LAST = 4;
  private static final int VOLUME = 8;
  private static final int ALL = BID | ASK | LAST | VOLUME;

  private final TickBlock block;
  private final int ticks;
  private final Runs symbols;
  private final Runs flags;
  private final Runs presence;
  private final Column bid;
  private final Column ask;
  private final Column last;
  private final Column volume;

  private TickBlockReader(TickBlock block) throws Refused {
    this.block = block;
    this.ticks = block.getTimeMscStepsCount();
    int named = block.getSymbolsCount();
    if (named > MAX_SYMBOLS) {
      throw wrong("symbols", named + " entries", MAX_SYMBOLS + " or fewer");
    }
    this.symbols =
        new Runs("symbol_runs", block.getSymbolRunsCount(), block::getSymbolRuns, named, ticks);
    this.flags = new Runs("flag_runs", block.getFlagRunsCount(), block::getFlagRuns, -1, ticks);
    this.presence =
        new Runs(
            "presence_runs", block.getPresenceRunsCount(), block::getPresenceRuns, ALL + 1, ticks);
    this.bid = new Column("bid", block.getBid(), presence.ticksWith(BID), named);
    this.ask = new Column("ask", block.getAsk(), presence.ticksWith(ASK), named);
    this.last = new Column("last", block.getLast(), presence.ticksWith(LAST), named);
    this.volume = new Column("volume", block.getVolume(), presence.ticksWith(VOLUME), named);
  }

  /**
   * The batch with its ticks written out; one without a block as it is.
   *
   * @throws Refused when it has ticks in both forms, or a block whose parts do not fit together
   */
  static TickBatch expand(TickBatch batch) throws Refused {
    if (!batch.hasBlock()) {
      return batch;
    }
    if (batch.getTicksCount() > 0) {
      throw new Refused("the batch has both ticks and block; it must have one of them");
    }
    TickBatch.Builder expanded = batch.toBuilder().clearBlock();
    new TickBlockReader(batch.getBlock()).read(expanded);
    return expanded.build();
  }

  private void read(TickBatch.Builder into) throws Refused {
    Tick.Builder tick = Tick.newBuilder();
    long timeMillis = 0;
    for (int i = 0; i < ticks; i++) {
      timeMillis = sum("time_msc_steps", i, timeMillis, block.getTimeMscSteps(i), Long.MAX_VALUE);
      int symbol = symbols.next();
      int present = presence.next();
      tick.setSymbol(block.getSymbols(symbol)).setTimeMsc(timeMillis).setFlags(flags.next());
      if ((present & BID) != 0) {
        tick.setBid(bid.next(symbol));
      } else {
        tick.clearBid();
      }
      if ((present & ASK) != 0) {
        tick.setAsk(ask.next(symbol));
      } else {
        tick.clearAsk();
      }
      if ((present & LAST) != 0) {
        tick.setLast(last.next(symbol));
      } else {
        tick.clearLast();
      }
      if ((present & VOLUME) != 0) {
        tick.setVolume(volume.next(symbol));
      } else {
        tick.clearVolume();
      }
      into.addTicks(tick.build());
    }
  }

  /** A sum within the bound and its complement; a sender that counts past it is not believed. */
  private static long sum(String where, int index, long before, long step, long most)
      throws Refused {
    long sum = before + step;
    boolean overflowed = ((before ^ sum) & (step ^ sum)) < 0;
    if (overflowed || sum > most || sum < ~most) {
      throw wrong(
          where + "[" + index + "]",
          before + " and a step of " + step,
          "a sum from " + ~most + " to " + most);
    }
    return sum;
  }

  private static Refused wrong(String where, String value, String rule) {
    return new Refused("block." + where + " has " + value + "; it must have " + rule);
  }

  /** Values that repeat: pairs of a value and a count. */
  private static final class Runs {
    private final IntUnaryOperator pairs;
    private final int size;
    private int at;
    private int value;
    private int left;

    /**
     * @param values from 0 up to this, exclusive; negative: any
     */
    Runs(String name, int size, IntUnaryOperator pairs, int values, int ticks) throws Refused {
      this.pairs = pairs;
      this.size = size;
      if (size % 2 != 0) {
        throw wrong(name, size + " entries", "pairs of a value and a count");
      }
      long covered = 0;
      for (int i = 0; i < size; i += 2) {
        if (values >= 0 && Integer.compareUnsigned(pairs.applyAsInt(i), values) >= 0) {
          throw wrong(
              name + "[" + i + "]",
              "the value " + Integer.toUnsignedString(pairs.applyAsInt(i)),
              "one below " + values);
        }
        long count = Integer.toUnsignedLong(pairs.applyAsInt(i + 1));
        if (count == 0) {
          throw wrong(name + "[" + (i + 1) + "]", "a count of 0", "one of 1 or more");
        }
        covered += count;
      }
      if (covered != ticks) {
        throw wrong(
            name, "runs of " + covered + " ticks", ticks + ", as many as time_msc_steps has");
      }
    }

    /** How many ticks have a value with that bit. */
    int ticksWith(int bit) {
      int count = 0;
      for (int i = 0; i < size; i += 2) {
        count += (pairs.applyAsInt(i) & bit) != 0 ? pairs.applyAsInt(i + 1) : 0;
      }
      return count;
    }

    int next() {
      if (left == 0) {
        value = pairs.applyAsInt(at);
        left = pairs.applyAsInt(at + 1);
        at += 2;
      }
      left--;
      return value;
    }
  }

  /** The numbers of one field. */
  private static final class Column {
    private final String steps;
    private final TickColumn column;
    private final boolean isExact;
    private final double pointsAUnit;
    private final long[] points;
    private int at;

    Column(String name, TickColumn column, int values, int symbols) throws Refused {
      this.steps = name + ".point_steps";
      this.column = column;
      this.isExact = column.getExactCount() > 0;
      if (isExact && column.getPointStepsCount() > 0) {
        throw wrong(name, "both point_steps and exact", "one of them");
      }
      int given = isExact ? column.getExactCount() : column.getPointStepsCount();
      if (given != values) {
        throw wrong(name, given + " values", values + ", as presence_runs says");
      }
      if (Integer.compareUnsigned(column.getDecimals(), DecimalPoints.MAX_DECIMALS) > 0) {
        throw wrong(
            name + ".decimals",
            Integer.toUnsignedString(column.getDecimals()),
            "0 to " + DecimalPoints.MAX_DECIMALS);
      }
      this.pointsAUnit = DecimalPoints.perUnit(column.getDecimals());
      this.points = new long[isExact || given == 0 ? 0 : symbols];
    }

    double next(int symbol) throws Refused {
      if (isExact) {
        return column.getExact(at++);
      }
      long sum = sum(steps, at, points[symbol], column.getPointSteps(at), DecimalPoints.MAX_POINTS);
      points[symbol] = sum;
      at++;
      return sum / pointsAUnit;
    }
  }
}
