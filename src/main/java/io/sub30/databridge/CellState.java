package io.sub30.databridge;

import io.sub30.config.DataBridgeConfig;
import io.sub30.market.SymbolState;
import io.sub30.market.Symbols;
import io.sub30.market.TickSlot;
import io.sub30.v1.BarClosed;
import io.sub30.v1.EnrichRequest;
import io.sub30.v1.Enrichment;
import io.sub30.v1.Settlement;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.TickColumns;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the bridge knows of one tenant: terminal by terminal, symbol by symbol.
 *
 * <p>One batch at a time is tentative, from {@link #begin} to {@link #settle}. An abort restores
 * every bit; a commit is final. {@link #replay} brings a stored batch's accepted ticks in on the
 * same way the live path did, so state rebuilt from a snapshot and the later batches equals the
 * state that lived, to the bit (see the package's description for the one thing left out).
 *
 * <p>Belongs to one thread at a time.
 */
final class CellState {

  private final Symbols symbols;
  private final DataBridgeConfig config;
  private final UndoPool pool;
  private final Map<String, TerminalCell> terminals = new HashMap<>();
  private long ordinal;
  private @Nullable Tentative tentative;
  private @Nullable EnrichRun run;

  CellState(Symbols symbols, DataBridgeConfig config, UndoPool pool) {
    this.symbols = symbols;
    this.config = config;
    this.pool = pool;
  }

  /** Ordinal of the last committed batch; 0 before the first. */
  long ordinal() {
    return ordinal;
  }

  /** The state of one symbol, committed or not; null when there is none. */
  @Nullable SymbolState symbolState(String terminal, String symbol) {
    TerminalCell known = terminals.get(terminal);
    SymbolCell cell = known == null ? null : known.symbols.get(symbol);
    return cell == null ? null : cell.state;
  }

  /**
   * Starts a batch. It is tentative from here on, also while it is not done.
   *
   * @throws IllegalStateException when another batch is tentative, or the ordinal is behind
   */
  EnrichRun begin(EnrichRequest request) {
    Tentative batch = open(request.getBatch().getTerminal(), request.getOrdinal());
    EnrichRun started = new EnrichRun(request, symbols, config, batch);
    run = started;
    return started;
  }

  /** Takes a batch through in one go; throws like {@link #begin}. */
  Enrichment enrich(EnrichRequest request) {
    EnrichRun whole = begin(request);
    whole.advance(Integer.MAX_VALUE);
    return whole.result();
  }

  /**
   * Makes the tentative batch final or takes it back. Telling the same twice is harmless, and so is
   * aborting a batch that never got here.
   *
   * @return the bars it closed, for a commit
   * @throws IllegalStateException when a commit is of a batch that is not here or not done, or an
   *     abort of one that was committed
   */
  List<BarClosed> settle(long settledOrdinal, Settlement settlement) {
    boolean commit = settlement == Settlement.COMMITTED;
    if (!commit && settlement != Settlement.ABORTED) {
      throw new IllegalStateException(
          "settlement is " + settlement + " but must be COMMITTED or ABORTED");
    }
    Tentative batch = tentative;
    if (batch == null || batch.ordinal != settledOrdinal) {
      if (commit != (settledOrdinal == ordinal)) {
        throw new IllegalStateException(
            "batch "
                + settledOrdinal
                + " cannot be settled as "
                + settlement
                + ": the last committed one is "
                + ordinal);
      }
      return List.of();
    }
    return commit ? commit(batch) : abort(batch);
  }

  private List<BarClosed> commit(Tentative batch) {
    if (run != null && !run.done()) {
      throw new IllegalStateException(
          "batch " + batch.ordinal + " was committed before it was enriched");
    }
    if (run != null && run.deferred()) {
      DeferredTicks ticks = takeIn();
      ticks.advance(Integer.MAX_VALUE);
      return ticks.finish();
    }
    return keep(batch);
  }

  /** Makes what a batch changed final; the bars it closed. */
  List<BarClosed> keep(Tentative batch) {
    var bars = new ClosedBars();
    for (SymbolCell cell : batch.touched) {
      bars.add(batch.terminal.name, cell);
    }
    close(batch);
    return bars.messages();
  }

  /** Whether that batch is here and was only validated. */
  boolean isDeferred(long askedOrdinal) {
    return run != null && run.deferred() && tentative != null && tentative.ordinal == askedOrdinal;
  }

  /**
   * Begins to take in the ticks of the batch that was only validated and is committed now. What
   * validating it changed is taken back first.
   *
   * @throws IllegalStateException when there is no such batch, or it is not validated to its end
   */
  DeferredTicks takeIn() {
    Tentative validated = tentative;
    EnrichRun ended = run;
    if (validated == null || ended == null || !ended.deferred() || !ended.done()) {
      throw new IllegalStateException("there is no validated batch whose ticks are to be taken in");
    }
    abort(validated);
    Tentative batch = open(validated.terminal.name, validated.ordinal);
    return new DeferredTicks(this, batch, ended.accepted());
  }

  private List<BarClosed> abort(Tentative batch) {
    if (run != null) {
      run.cancel();
    }
    batch.abort();
    tentative = null;
    run = null;
    return List.of();
  }

  /**
   * Takes in a committed batch without judging it again.
   *
   * @throws IllegalStateException when a batch is tentative, or the ordinal is behind
   * @throws IllegalArgumentException when its columns do not fit together; the state is of no use
   *     then
   */
  void replay(StoredBatch stored) {
    TickColumns columns = stored.getTicks();
    int count = columns.getTimeMscCount();
    check(columns, count, stored.getOrdinal());
    Tentative batch = open(stored.getTerminal(), stored.getOrdinal());
    var slot = new TickSlot();
    for (int i = 0; i < count; i++) {
      take(batch, columns, i, slot);
    }
    close(batch);
  }

  /** Takes in one accepted tick without judging it again. */
  static void take(Tentative batch, TickColumns columns, int i, TickSlot slot) {
    slot.timeMsc = columns.getTimeMsc(i);
    slot.bid = columns.getBid(i);
    slot.ask = columns.getAsk(i);
    slot.last = columns.getLast(i);
    slot.volume = columns.getVolume(i);
    slot.flags = columns.getFlags(i);
    slot.quality = columns.getQuality(i);
    take(batch, columns.getSymbols(columns.getSymbol(i)), slot);
  }

  private static void take(Tentative batch, String symbol, TickSlot slot) {
    SymbolCell known = batch.terminal.symbols.get(symbol);
    SymbolCell cell = known == null ? new SymbolCell(symbol) : known;
    batch.touch(cell);
    if (known == null) {
      batch.admit(cell);
    }
    // An accepted tick ends a quarantine, as it did when it was judged.
    cell.jumpTicks = 0;
    cell.apply(slot);
  }

  private static void check(TickColumns columns, int count, long ordinal) {
    boolean parallel =
        columns.getSymbolCount() == count
            && columns.getBidCount() == count
            && columns.getAskCount() == count
            && columns.getLastCount() == count
            && columns.getVolumeCount() == count
            && columns.getFlagsCount() == count
            && columns.getQualityCount() == count;
    for (int i = 0; parallel && i < count; i++) {
      int symbol = columns.getSymbol(i);
      parallel = symbol >= 0 && symbol < columns.getSymbolsCount();
    }
    if (!parallel) {
      throw new IllegalArgumentException(
          "stored batch " + ordinal + " has columns that do not fit together");
    }
  }

  private Tentative open(String terminal, long nextOrdinal) {
    if (tentative != null) {
      throw new IllegalStateException(
          "batch " + nextOrdinal + " came while batch " + tentative.ordinal + " is not settled");
    }
    if (nextOrdinal <= ordinal) {
      throw new IllegalStateException(
          "batch " + nextOrdinal + " came after batch " + ordinal + " was committed");
    }
    Tentative batch = new Tentative(terminal, nextOrdinal, terminals, config.maxTerminals(), pool);
    tentative = batch;
    return batch;
  }

  private void close(Tentative batch) {
    batch.commit();
    ordinal = batch.ordinal;
    tentative = null;
    run = null;
  }

  /**
   * The committed state as bytes.
   *
   * @throws IllegalStateException when a batch is tentative
   */
  byte[] snapshot() {
    if (tentative != null) {
      throw new IllegalStateException("batch " + tentative.ordinal + " is not settled");
    }
    return CellSnapshot.write(ordinal, terminals);
  }

  /**
   * A cell of what {@link #snapshot} gave; no bytes stand for an empty one.
   *
   * @throws IllegalArgumentException when the bytes are of another layout or damaged
   */
  static CellState restore(byte[] bytes, Symbols symbols, DataBridgeConfig config, UndoPool pool) {
    var cell = new CellState(symbols, config, pool);
    if (bytes.length > 0) {
      cell.ordinal = CellSnapshot.read(bytes, cell.terminals);
    }
    return cell;
  }
}
