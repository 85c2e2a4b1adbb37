package io.sub30.databridge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the batch under way changed, so that it can be made final or taken back to the bit: copies
 * of the symbols it touched, the symbols and the terminal it brought, the terminal that made room.
 */
final class Tentative {

  final long ordinal;
  final TerminalCell terminal;
  final List<SymbolCell> touched = new ArrayList<>();

  private final Map<String, TerminalCell> terminals;
  private final int maxTerminals;
  private final UndoPool pool;
  private final List<SymbolCell> created = new ArrayList<>();
  private final boolean newTerminal;
  private boolean admitted;
  private @Nullable TerminalCell evicted;

  Tentative(
      String terminal,
      long ordinal,
      Map<String, TerminalCell> terminals,
      int maxTerminals,
      UndoPool pool) {
    TerminalCell known = terminals.get(terminal);
    this.ordinal = ordinal;
    this.newTerminal = known == null;
    this.terminal = known == null ? new TerminalCell(terminal) : known;
    this.terminals = terminals;
    this.maxTerminals = maxTerminals;
    this.pool = pool;
  }

  /** To be called before anything of the cell changes. */
  void touch(SymbolCell cell) {
    if (!cell.saved()) {
      cell.save(pool.take());
      touched.add(cell);
    }
  }

  /** Takes in a symbol the terminal did not have, whose first tick was just accepted. */
  void admit(SymbolCell cell) {
    terminal.symbols.put(cell.name, cell);
    created.add(cell);
    if (newTerminal && !admitted) {
      admitted = true;
      makeRoom();
      terminals.put(terminal.name, terminal);
    }
  }

  /** The choice depends on committed batches alone, so that a replay makes the same one. */
  private void makeRoom() {
    if (terminals.size() < maxTerminals) {
      return;
    }
    TerminalCell silent = null;
    for (TerminalCell each : terminals.values()) {
      if (silent == null || each.ordinal < silent.ordinal) {
        silent = each;
      }
    }
    if (silent != null) {
      terminals.remove(silent.name);
      evicted = silent;
    }
  }

  void commit() {
    boolean any = false;
    for (SymbolCell cell : touched) {
      any |= cell.accepted > 0;
      pool.give(cell.keep());
    }
    if (any) {
      terminal.ordinal = ordinal;
    }
  }

  void abort() {
    for (SymbolCell cell : touched) {
      pool.give(cell.restore());
    }
    for (SymbolCell cell : created) {
      terminal.symbols.remove(cell.name);
    }
    if (admitted) {
      terminals.remove(terminal.name);
    }
    if (evicted != null) {
      terminals.put(evicted.name, evicted);
    }
  }
}
