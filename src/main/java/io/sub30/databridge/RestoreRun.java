package io.sub30.databridge;

import io.sub30.v1.RestoreRequest;

/** One page of stored batches on its way into a state, in as many steps as its lane likes. */
final class RestoreRun {

  private final RestoreRequest page;
  private final CellState state;
  private int next;

  RestoreRun(RestoreRequest page, CellState state) {
    this.page = page;
    this.state = state;
  }

  /** Takes in batches until about {@code ticks} ticks were; true when none is left. */
  boolean advance(int ticks) {
    int taken = 0;
    while (next < page.getBatchesCount() && taken < ticks) {
      taken += 1 + page.getBatches(next).getTicks().getTimeMscCount();
      state.replay(page.getBatches(next++));
    }
    return next == page.getBatchesCount();
  }

  CellState state() {
    return state;
  }

  boolean last() {
    return page.getLast();
  }
}
