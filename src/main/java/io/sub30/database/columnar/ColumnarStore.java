package io.sub30.database.columnar;

import io.sub30.config.RetentionConfig.Kept;
import java.util.List;
import java.util.Optional;

/**
 * Where ticks are kept by column. Every call blocks on the store, so it is made on a worker thread
 * and never on an event loop; calls may come from several threads. All of them throw {@link
 * ColumnarException}. After a failed {@link #append} the watermark tells where to go on from, and
 * what is then delivered again is counted once.
 */
interface ColumnarStore extends AutoCloseable {

  /**
   * Adds a block and moves the watermark, which is never ahead of the rows. A block that does not
   * start at the store's watermark is refused as {@link ColumnarException.Reason#STALE}, one whose
   * rows the store will never take as {@link ColumnarException.Reason#REFUSED}.
   */
  void append(Block block);

  /**
   * Up to where the named intake is stored; {@link Watermark#START} when nothing is.
   *
   * @throws ColumnarException {@code OTHER_SOURCE} when the store was filled from another intake
   */
  Watermark watermark(String source);

  /** Batches that were set aside, ever: those of {@link Block#poison()}. */
  long setAside();

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

  /**
   * M1 bars by time, oldest first. A minute that the range begins or ends within has a bar of the
   * ticks that lie in the range.
   */
  List<StoredBar> bars(SeriesQuery query);

  /**
   * M1 bars together with the watermark they are as of, so that what is not in them yet can be
   * added from the intake without counting anything twice.
   */
  BarsUpTo barsUpTo(String source, SeriesQuery query);

  /**
   * The newest tick of a series that has a price and came in order; empty when there is none.
   *
   * @param tenant whose; nothing of another tenant is ever read
   */
  Optional<StoredTick> lastQuote(String tenant, String terminal, String symbol);

  /** What the store holds of a tenant. */
  TenantRows held(String tenant);

  /**
   * Removes every row of a tenant, and what was set aside of it; the watermark stays. What the
   * relay delivers of it later is stored anew, so the intake is to be rid of it before.
   *
   * @return what was there; nothing the second time
   */
  TenantRows erase(String tenant);

  /**
   * Removes some of what has expired: by when it was received, whatever times the ticks have. Bars
   * are then those of the ticks that are left. The watermark, and what was set aside, stay.
   *
   * @param kept how long rows are kept of whom
   * @return what it removed; none when nothing has expired
   */
  ExpiredRows expire(Kept kept, long nowMsc);

  @Override
  void close();
}
