package io.sub30.trading;

import io.sub30.v1.Settlement;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.SymbolFeatures;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the trading engine remembers of one tenant: the last signals of each terminal and the
 * tenant's kill switch. Belongs to one lane.
 *
 * <p>One batch at a time is open, from {@link #begin} to {@link #settle}; its signals are tentative
 * and an abort takes them back without a trace. Batches without a signal change nothing but the
 * ordinal, so a batch that was stored without having been decided here (the time was up) changes
 * nothing either, and {@link #apply} of the stored batches always leads to the same state as living
 * through them. The kill switch comes from outside the batches: it is in the snapshot, and whoever
 * turns it asks for a checkpoint.
 */
final class TradingState {

  /**
   * Terminals remembered; beyond it the one whose last signal was stored longest ago is dropped.
   */
  static final int MAX_TERMINALS = 256;

  private final Map<String, SignalLog> logs = new LinkedHashMap<>();
  private final KillSwitch killSwitch = new KillSwitch(false);
  private long ordinal;
  private long openOrdinal;
  private String openTerminal = "";
  private @Nullable SignalLog openLog;

  /** Of the last batch that was committed; 0 before the first. */
  long ordinal() {
    return ordinal;
  }

  /** Of the batch being decided; 0 when there is none. */
  long openOrdinal() {
    return openOrdinal;
  }

  KillSwitch killSwitch() {
    return killSwitch;
  }

  /**
   * Opens a batch. Opening the same one again forgets what was decided before.
   *
   * @return the log of its terminal
   * @throws IllegalStateException when another batch is open, or this one is committed already
   */
  SignalLog begin(long batchOrdinal, String terminal) {
    if (openOrdinal != 0 && openOrdinal != batchOrdinal) {
      throw new IllegalStateException(
          "batch " + batchOrdinal + " cannot be decided while " + openOrdinal + " is not settled");
    }
    if (batchOrdinal <= ordinal) {
      throw new IllegalStateException(
          "batch " + batchOrdinal + " cannot be decided after " + ordinal + " was committed");
    }
    undo();
    SignalLog log = logs.get(terminal);
    // A new terminal's log is entered when it is kept, so an abort need not take it out.
    openLog = log == null ? new SignalLog() : log;
    openOrdinal = batchOrdinal;
    openTerminal = terminal;
    return openLog;
  }

  /**
   * Keeps or takes back what the batch changed. A batch that is not open changed nothing.
   *
   * @throws IllegalStateException when another batch is open
   * @throws IllegalArgumentException when it is neither committed nor aborted
   */
  void settle(long batchOrdinal, Settlement settlement) {
    if (openOrdinal != 0 && openOrdinal != batchOrdinal) {
      throw new IllegalStateException(
          "batch " + batchOrdinal + " cannot be settled while " + openOrdinal + " is open");
    }
    switch (settlement) {
      case COMMITTED -> {
        if (openLog != null) {
          keep(openTerminal, openLog);
        }
        close();
        ordinal = Math.max(ordinal, batchOrdinal);
      }
      case ABORTED -> undo();
      default ->
          throw new IllegalArgumentException(
              "batch " + batchOrdinal + " must be settled as COMMITTED or ABORTED");
    }
  }

  /**
   * Applies a committed batch as deciding and committing it did.
   *
   * @throws IllegalStateException when a batch is open, or this one is not later than the last
   * @throws IllegalArgumentException when a signal's symbol is not among the batch's
   */
  void apply(StoredBatch batch) {
    if (openOrdinal != 0) {
      throw new IllegalStateException("batch " + openOrdinal + " is not settled");
    }
    SignalLog log = begin(batch.getOrdinal(), batch.getTerminal());
    for (Signal signal : batch.getOutcome().getSignalsList()) {
      if (signal.getSide() == Side.BUY || signal.getSide() == Side.SELL) {
        log.propose(signal.getSymbol(), asOfMsc(batch, signal), Lots.units(signal.getSize()));
      }
    }
    settle(batch.getOrdinal(), Settlement.COMMITTED);
  }

  private static long asOfMsc(StoredBatch batch, Signal signal) {
    for (SymbolFeatures symbol : batch.getSymbolsList()) {
      if (symbol.getSymbol().equals(signal.getSymbol())) {
        return symbol.getAsOfMsc();
      }
    }
    throw new IllegalArgumentException(
        "stored batch "
            + batch.getOrdinal()
            + " has signal "
            + signal.getId()
            + " but no features of "
            + signal.getSymbol());
  }

  private void keep(String terminal, SignalLog log) {
    if (!log.hasProposals()) {
      return;
    }
    log.keep();
    // Out and in again: the order is that of the last stored signal, and part of the snapshot.
    logs.remove(terminal);
    logs.put(terminal, log);
    if (logs.size() > MAX_TERMINALS) {
      Iterator<SignalLog> oldest = logs.values().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  private void undo() {
    if (openLog != null) {
      openLog.drop();
    }
    close();
  }

  private void close() {
    openLog = null;
    openOrdinal = 0;
    openTerminal = "";
  }

  /**
   * The committed state as bytes; equal states give equal bytes.
   *
   * @throws IllegalStateException when a batch is open
   */
  byte[] snapshot() {
    if (openOrdinal != 0) {
      throw new IllegalStateException("batch " + openOrdinal + " is not settled");
    }
    return Snapshot.write(ordinal, killSwitch.engaged(), logs);
  }

  /**
   * @param bytes of {@link #snapshot}; none means from nothing
   * @throws IllegalArgumentException when they are not a snapshot this version can read
   */
  static TradingState restore(byte[] bytes) {
    TradingState state = new TradingState();
    if (bytes.length > 0) {
      Snapshot snapshot = Snapshot.read(bytes);
      state.ordinal = snapshot.ordinal();
      state.logs.putAll(snapshot.logs());
      if (snapshot.killed()) {
        state.killSwitch.engage();
      }
    }
    return state;
  }
}
