package io.sub30.database.columnar;

import java.util.List;

/**
 * Where ticks are kept by column. Every call blocks on the store, so it is made on a worker thread
 * and never on an event loop; calls may come from several threads. All of them throw {@link
 * ColumnarException}, and a failed {@link #append} has stored nothing or everything: the watermark
 * tells which.
 */
interface ColumnarStore extends AutoCloseable {

  /** Readings of bars that a moving watermark may spoil. */
  int MOST_MOVES = 5;

  /**
   * Adds a block and moves the watermark in one transaction. A block that does not start at the
   * store's watermark is refused as {@link ColumnarException.Reason#STALE}, which is what makes a
   * block that is delivered twice count once.
   */
  void append(Block block);

  /**
   * Up to where the named intake is stored; {@link Watermark#START} when nothing is.
   *
   * @throws ColumnarException {@code OTHER_SOURCE} when the store was filled from another intake
   */
  Watermark watermark(String source);

  /** Batches of one terminal that the store holds. */
  long countBatches(String tenant, String terminal);

  /** Ticks of one terminal that the store holds. */
  long countTicks(String tenant, String terminal);

  /**
   * How often "every (tenant, terminal, sequence) exactly once" is broken: batches and ticks held
   * more than once plus batches whose ticks are not all there. Zero when all is well. Reads the
   * whole store.
   */
  long duplicates();

  /** Ticks by time, oldest first. */
  List<StoredTick> ticks(SeriesQuery query);

  /** M1 bars by time, oldest first. */
  List<StoredBar> bars(SeriesQuery query);

  /**
   * M1 bars together with the watermark they are as of, so that what is not in them yet can be
   * added from the intake without counting anything twice. A store that can read both in one
   * transaction should; this asks again when the watermark moved meanwhile.
   */
  default BarsUpTo barsUpTo(String source, SeriesQuery query) {
    for (int attempt = 0; attempt < MOST_MOVES; attempt++) {
      Watermark before = watermark(source);
      List<StoredBar> bars = bars(query);
      if (before.equals(watermark(source))) {
        return BarsUpTo.of(bars, before);
      }
    }
    throw new ColumnarException(
        ColumnarException.Reason.FAILED,
        "the watermark moved during each of " + MOST_MOVES + " readings of bars");
  }

  @Override
  void close();
}
