package io.sub30.databridge;

import io.sub30.market.SymbolState;
import java.util.ArrayDeque;

/**
 * Copies of symbol states for batches under way, shared by the cells of a lane, so that a batch
 * makes no garbage.
 */
final class UndoPool {

  /** About 5 KB each; a batch that touches more makes new ones. */
  static final int MAX_KEPT = 256;

  private final ArrayDeque<SymbolState> free = new ArrayDeque<>();

  SymbolState take() {
    SymbolState copy = free.poll();
    return copy == null ? new SymbolState() : copy;
  }

  void give(SymbolState copy) {
    if (free.size() < MAX_KEPT) {
      free.push(copy);
    }
  }
}
