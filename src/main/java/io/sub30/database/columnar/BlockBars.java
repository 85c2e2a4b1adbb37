package io.sub30.database.columnar;

import io.sub30.market.Quality;
import io.sub30.market.TickSlot;
import io.sub30.market.Timeframe;
import io.sub30.v1.TickColumns;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The M1 bars that ticks add to. Bars are of mid prices, of the last price where a side is missing;
 * ticks out of order are left out, as they are from the bars the data bridge builds.
 *
 * <p>A part knows its first and its last tick by time and key, so that parts of one minute can be
 * put together in any order. Not thread-safe.
 */
final class BlockBars {

  private final Map<Key, Part> parts = new LinkedHashMap<>();

  /** Which bar. */
  record Key(String tenant, String terminal, String symbol, long openMsc) {}

  /** What some ticks make of one bar. */
  static final class Part {
    final Key key;
    double open;
    double high = Double.NEGATIVE_INFINITY;
    double low = Double.POSITIVE_INFINITY;
    double close;
    long ticks;
    long firstMsc;
    long firstSequence;
    int firstIndex;
    long lastMsc;
    long lastSequence;
    int lastIndex;

    Part(Key key) {
      this.key = key;
    }

    private void add(long timeMsc, long sequence, int index, double mid) {
      if (ticks == 0 || before(timeMsc, sequence, index, firstMsc, firstSequence, firstIndex)) {
        open = mid;
        firstMsc = timeMsc;
        firstSequence = sequence;
        firstIndex = index;
      }
      if (ticks == 0 || before(lastMsc, lastSequence, lastIndex, timeMsc, sequence, index)) {
        close = mid;
        lastMsc = timeMsc;
        lastSequence = sequence;
        lastIndex = index;
      }
      high = Math.max(high, mid);
      low = Math.min(low, mid);
      ticks++;
    }

    private static boolean before(long msc, long sequence, int index, long m, long s, int i) {
      if (msc != m) {
        return msc < m;
      }
      return sequence != s ? sequence < s : index < i;
    }
  }

  /** The parts of a whole block, one a bar. */
  static Collection<Part> of(Block block) {
    BlockBars bars = new BlockBars();
    block.batches().forEach(bars::add);
    return bars.parts.values();
  }

  /** The parts of one batch, one a bar. They depend on the batch alone. */
  static Collection<Part> of(Block.Batch batch) {
    BlockBars bars = new BlockBars();
    bars.add(batch);
    return bars.parts.values();
  }

  private void add(Block.Batch batch) {
    TickColumns ticks = batch.ticks();
    // Mostly the tick before was of the same bar.
    Part part = null;
    int partSymbol = -1;
    for (int i = 0; i < ticks.getTimeMscCount(); i++) {
      double mid = TickSlot.mid(ticks.getBid(i), ticks.getAsk(i), ticks.getLast(i));
      if ((ticks.getQuality(i) & Quality.OUT_OF_ORDER) != 0 || !(mid > 0)) {
        continue;
      }
      long timeMsc = ticks.getTimeMsc(i);
      long openMsc = Timeframe.M1.floor(timeMsc);
      if (part == null || partSymbol != ticks.getSymbol(i) || part.key.openMsc() != openMsc) {
        partSymbol = ticks.getSymbol(i);
        part =
            parts.computeIfAbsent(
                new Key(batch.tenant(), batch.terminal(), ticks.getSymbols(partSymbol), openMsc),
                Part::new);
      }
      part.add(timeMsc, batch.sequence(), ticks.getIndex(i), mid);
    }
  }
}
