package io.sub30.client;

import io.sub30.market.DecimalPoints;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBlock;
import io.sub30.v1.TickColumn;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Writes ticks by columns: times and prices as steps from the one before, symbols, flags and the
 * presence of prices as runs. Nothing is rounded: a column with a price that is no decimal of at
 * most {@value DecimalPoints#MAX_DECIMALS} places is written bit by bit. Thread-safe.
 */
public final class TickBlocks {
  /** Most symbols of a block. */
  static final int MAX_SYMBOLS = 256;

  private TickBlocks() {}

  /**
   * The block of those ticks. Empty when they have none: more than {@value #MAX_SYMBOLS} symbols,
   * or times further apart than a 64-bit number says. Those go as plain ticks.
   */
  public static Optional<TickBlock> of(List<Tick> ticks) {
    TickBlock.Builder block = TickBlock.newBuilder();
    Map<String, Integer> positions = new HashMap<>();
    Column bids = new Column(ticks.size());
    Column asks = new Column(ticks.size());
    Column lasts = new Column(ticks.size());
    Column volumes = new Column(ticks.size());
    Runs symbols = new Runs(block::addSymbolRuns);
    Runs flags = new Runs(block::addFlagRuns);
    Runs presence = new Runs(block::addPresenceRuns);
    String symbol = "";
    int position = -1;
    long timeMillis = 0;
    for (int i = 0; i < ticks.size(); i++) {
      Tick tick = ticks.get(i);
      if (position < 0 || !tick.getSymbol().equals(symbol)) {
        symbol = tick.getSymbol();
        position = positions.computeIfAbsent(symbol, unknown -> positions.size());
        if (position == MAX_SYMBOLS) {
          return Optional.empty();
        }
        if (position == block.getSymbolsCount()) {
          block.addSymbols(symbol);
        }
      }
      long step = tick.getTimeMsc() - timeMillis;
      if (((tick.getTimeMsc() ^ timeMillis) & (tick.getTimeMsc() ^ step)) < 0) {
        return Optional.empty();
      }
      timeMillis = tick.getTimeMsc();
      block.addTimeMscSteps(step);
      symbols.add(position);
      flags.add(tick.getFlags());
      presence.add(
          (tick.hasBid() ? bids.add(tick.getBid(), position, 1) : 0)
              | (tick.hasAsk() ? asks.add(tick.getAsk(), position, 2) : 0)
              | (tick.hasLast() ? lasts.add(tick.getLast(), position, 4) : 0)
              | (tick.hasVolume() ? volumes.add(tick.getVolume(), position, 8) : 0));
    }
    symbols.end();
    flags.end();
    presence.end();
    bids.write(positions.size()).ifPresent(block::setBid);
    asks.write(positions.size()).ifPresent(block::setAsk);
    lasts.write(positions.size()).ifPresent(block::setLast);
    volumes.write(positions.size()).ifPresent(block::setVolume);
    return Optional.of(block.build());
  }

  /** Values that repeat, each with how often. */
  private static final class Runs {
    private final IntConsumer to;
    private int value;
    private int length;

    Runs(IntConsumer to) {
      this.to = to;
    }

    void add(int next) {
      if (length > 0 && next != value) {
        end();
      }
      value = next;
      length++;
    }

    void end() {
      if (length > 0) {
        to.accept(value);
        to.accept(length);
        length = 0;
      }
    }
  }

  /** The numbers of one field, each with its symbol. */
  private static final class Column {
    private double[] values = {};
    private int[] symbols = {};
    private final int most;
    private int size;

    Column(int most) {
      this.most = most;
    }

    /** Returns the bit that says the number is there. */
    int add(double value, int symbol, int bit) {
      if (size == values.length) {
        int room = size == 0 ? Math.min(most, 1_024) : Math.min(most, 2 * size);
        values = Arrays.copyOf(values, room);
        symbols = Arrays.copyOf(symbols, room);
      }
      values[size] = value;
      symbols[size++] = symbol;
      return bit;
    }

    Optional<TickColumn> write(int symbolCount) {
      if (size == 0) {
        return Optional.empty();
      }
      TickColumn.Builder column = TickColumn.newBuilder();
      int decimals = decimals();
      if (decimals > DecimalPoints.MAX_DECIMALS || !writePoints(column, decimals, symbolCount)) {
        column.clear();
        for (int i = 0; i < size; i++) {
          column.addExact(values[i]);
        }
      }
      return Optional.of(column.build());
    }

    /** The places that the last value in need of more needs; beyond the most when one fits none. */
    private int decimals() {
      int decimals = 0;
      for (int i = 0; i < size; i++) {
        while (!isExact(points(values[i], decimals), values[i], decimals)) {
          decimals++;
          if (decimals > DecimalPoints.MAX_DECIMALS) {
            return decimals;
          }
        }
      }
      return decimals;
    }

    /** False when a value that fitted fewer places does not fit so many. */
    private boolean writePoints(TickColumn.Builder column, int decimals, int symbolCount) {
      long[] before = new long[symbolCount];
      column.setDecimals(decimals);
      for (int i = 0; i < size; i++) {
        long points = points(values[i], decimals);
        if (!isExact(points, values[i], decimals)) {
          return false;
        }
        column.addPointSteps(points - before[symbols[i]]);
        before[symbols[i]] = points;
      }
      return true;
    }

    private static long points(double value, int decimals) {
      return (long) Math.rint(value * DecimalPoints.perUnit(decimals));
    }

    /** By bits: the reader's quotient must be this very number, and not a zero of another sign. */
    private static boolean isExact(long points, double value, int decimals) {
      return points <= DecimalPoints.MAX_POINTS
          && points >= ~DecimalPoints.MAX_POINTS
          && Double.doubleToRawLongBits(points / DecimalPoints.perUnit(decimals))
              == Double.doubleToRawLongBits(value);
    }
  }
}
