package io.sub30.trading;

import java.util.Arrays;

/**
 * The last signals of one terminal, oldest first: what cooldown, rate and exposure are counted
 * from. Signals of the batch being decided stand at the end until they are kept or dropped.
 *
 * <p>What is forgotten depends on the signals alone, never on the rules, so the log is a function
 * of what was stored even when the rules change in between.
 */
final class SignalLog {

  /** Signals kept of a terminal. */
  static final int CAPACITY = 256;

  /**
   * How far back a signal must lie behind the one before it to mean that the terminal's market time
   * began again, as when another day is replayed; the earlier ones are forgotten then. Less is the
   * difference between symbols of one batch.
   */
  static final long RESTART_MILLIS = 3_600_000;

  private String[] symbols = new String[8];
  private long[] asOfMsc = new long[8];
  private long[] units = new long[8];
  private int kept;
  private int size;

  /** Adds a signal of the batch being decided. */
  void propose(String symbol, long signalMsc, long lotUnits) {
    if (size == symbols.length) {
      symbols = Arrays.copyOf(symbols, size * 2);
      asOfMsc = Arrays.copyOf(asOfMsc, size * 2);
      units = Arrays.copyOf(units, size * 2);
    }
    symbols[size] = symbol;
    asOfMsc[size] = signalMsc;
    units[size] = lotUnits;
    size++;
  }

  /** Keeps what was proposed, and the newest {@link #CAPACITY} of all. */
  void keep() {
    int from = Math.max(0, size - CAPACITY);
    for (int i = Math.max(1, kept); i < size; i++) {
      if (asOfMsc[i] < asOfMsc[i - 1] - RESTART_MILLIS) {
        from = Math.max(from, i);
      }
    }
    if (from > 0) {
      System.arraycopy(symbols, from, symbols, 0, size - from);
      System.arraycopy(asOfMsc, from, asOfMsc, 0, size - from);
      System.arraycopy(units, from, units, 0, size - from);
      size -= from;
    }
    kept = size;
  }

  /** Drops what was proposed. */
  void drop() {
    size = kept;
  }

  boolean hasProposals() {
    return size > kept;
  }

  int size() {
    return size;
  }

  String symbol(int index) {
    return symbols[index];
  }

  long asOfMsc(int index) {
    return asOfMsc[index];
  }

  long units(int index) {
    return units[index];
  }
}
