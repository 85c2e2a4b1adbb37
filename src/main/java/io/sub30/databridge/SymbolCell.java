package io.sub30.databridge;

import io.sub30.market.Quality;
import io.sub30.market.SymbolState;
import io.sub30.market.TickSlot;
import org.jspecify.annotations.Nullable;

/**
 * One symbol of one terminal: its state, the quarantine of jumps, and what the batch under way did
 * to them.
 */
final class SymbolCell {

  final String name;
  final SymbolState state;

  /** Where the price has jumped to, price units; meaningful while {@link #jumpTicks} is above 0. */
  double jumpLevel;

  /** Ticks in a row seen there. */
  int jumpTicks;

  /** Ticks of the batch under way that were accepted. */
  int accepted;

  /** Bars the batch under way has closed and that belong to the state still. */
  int closedBars;

  private @Nullable SymbolState undo;
  private double undoJumpLevel;
  private int undoJumpTicks;

  SymbolCell(String name) {
    this.name = name;
    this.state = new SymbolState();
  }

  /** Applies a tick from what is stored of it: the only way a tick gets into a state. */
  void apply(TickSlot tick) {
    if ((tick.quality & Quality.RESTARTED) != 0) {
      closedBars = 0;
    }
    if (state.apply(tick)) {
      closedBars++;
    }
    accepted++;
  }

  /** Notes a tick that is to be applied later: the next one is judged by it. */
  void follow(TickSlot tick) {
    state.follow(tick);
    accepted++;
  }

  /** The state before the batch under way. */
  SymbolState before() {
    SymbolState copy = undo;
    return copy == null ? state : copy;
  }

  boolean saved() {
    return undo != null;
  }

  /** Keeps what an abort restores. */
  void save(SymbolState copy) {
    state.copyTo(copy);
    undo = copy;
    undoJumpLevel = jumpLevel;
    undoJumpTicks = jumpTicks;
  }

  /** Takes back the batch under way; the copy is free again. */
  SymbolState restore() {
    SymbolState copy = taken();
    copy.copyTo(state);
    jumpLevel = undoJumpLevel;
    jumpTicks = undoJumpTicks;
    return copy;
  }

  /** Makes the batch under way final; the copy is free again. */
  SymbolState keep() {
    return taken();
  }

  private SymbolState taken() {
    SymbolState copy = undo;
    if (copy == null) {
      throw new IllegalStateException("symbol " + name + " has no batch under way");
    }
    undo = null;
    accepted = 0;
    closedBars = 0;
    return copy;
  }
}
