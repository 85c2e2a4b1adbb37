package io.sub30.databridge;

import java.util.HashMap;
import java.util.Map;

/** One terminal of a tenant. Its symbols are bounded by the configuration. */
final class TerminalCell {

  final String name;
  final Map<String, SymbolCell> symbols = new HashMap<>();

  /** Ordinal of the last committed batch that brought it a tick; 0 before the first. */
  long ordinal;

  TerminalCell(String name) {
    this.name = name;
  }
}
