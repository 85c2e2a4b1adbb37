package io.sub30.databridge;

import io.sub30.market.TickSlot;
import io.sub30.v1.BarClosed;
import io.sub30.v1.TickColumns;
import java.util.List;

/**
 * The accepted ticks of a committed batch that was only validated, on their way into the state, in
 * as many steps as the lane likes. They come in as a stored batch does, so the state that lived
 * stays the one a replay makes.
 */
final class DeferredTicks {

  private final CellState cell;
  private final Tentative batch;
  private final TickColumns columns;
  private final TickSlot slot = new TickSlot();
  private int next;

  DeferredTicks(CellState cell, Tentative batch, TickColumns columns) {
    this.cell = cell;
    this.batch = batch;
    this.columns = columns;
  }

  /** Takes in up to {@code ticks} more; true when none is left. */
  boolean advance(int ticks) {
    int end = (int) Math.min(columns.getTimeMscCount(), (long) next + ticks);
    while (next < end) {
      CellState.take(batch, columns, next++, slot);
    }
    return next == columns.getTimeMscCount();
  }

  /** Whether it is that state they go into. */
  boolean belongTo(CellState state) {
    return cell == state;
  }

  /** Makes them final, once {@link #advance} was true; the bars they closed. */
  List<BarClosed> finish() {
    return cell.keep(batch);
  }
}
