package io.sub30.databridge;

import io.sub30.config.DataBridgeConfig;
import io.sub30.market.Features;
import io.sub30.market.Symbol;
import io.sub30.market.SymbolState;
import io.sub30.market.Symbols;
import io.sub30.market.TickSlot;
import io.sub30.v1.EnrichRequest;
import io.sub30.v1.Enrichment;
import io.sub30.v1.RejectedTick;
import io.sub30.v1.SymbolFeatures;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickColumns;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One batch on its way through validation and enrichment, in as many steps as its lane likes. What
 * it changes is tentative until the cell is told how the batch ended.
 *
 * <p>When there is no time for more it only validates: ticks are completed and judged by the ones
 * before them, features are those of before the batch, and the accepted ticks are taken in after
 * the commit, as a stored batch is (see {@link DeferredTicks}). A jump is then judged by the
 * volatility of before the batch.
 */
final class EnrichRun {

  private final TickBatch batch;
  private final Symbols symbols;
  private final TickRules rules;
  private final BatchClock clock;
  private final Tentative tentative;
  private final int maxSymbols;
  private final TickSlot slot = new TickSlot();
  private final TickColumns.Builder columns = TickColumns.newBuilder();
  private final Enrichment.Builder result;
  private final boolean deferred;
  private final Map<String, Spelling> spellings = new HashMap<>();
  private Spelling spelling = Spelling.NONE;
  private @Nullable SymbolCell spare;
  private int next;
  private boolean cancelled;

  EnrichRun(EnrichRequest request, Symbols symbols, DataBridgeConfig config, Tentative tentative) {
    this.batch = request.getBatch();
    this.symbols = symbols;
    this.rules = new TickRules(config);
    this.clock = new BatchClock(batch, request.getReceivedMsc(), config);
    this.tentative = tentative;
    this.maxSymbols = config.maxSymbols();
    this.deferred = request.getValidateOnly();
    this.result = Enrichment.newBuilder().setOrdinal(request.getOrdinal()).setDeferred(deferred);
  }

  /**
   * A name as the broker writes it, with its place in the columns once one of its ticks was
   * accepted.
   */
  private static final class Spelling {

    static final Spelling NONE = new Spelling("", null);

    final String name;
    final @Nullable Symbol symbol;
    int column = -1;

    Spelling(String name, @Nullable Symbol symbol) {
      this.name = name;
      this.symbol = symbol;
    }
  }

  /** Takes up to {@code ticks} more ticks; true when none is left. */
  boolean advance(int ticks) {
    int end = (int) Math.min(batch.getTicksCount(), (long) next + ticks);
    while (next < end) {
      int index = next++;
      Reason reason = take(index, batch.getTicks(index));
      if (reason != null) {
        result.addRejected(RejectedTick.newBuilder().setIndex(index).setReason(reason.label()));
      }
    }
    return done();
  }

  boolean done() {
    return next == batch.getTicksCount();
  }

  /** Whether the accepted ticks are still to be taken in once they are committed. */
  boolean deferred() {
    return deferred;
  }

  /** The accepted ticks, once {@link #advance} was true. */
  TickColumns accepted() {
    return columns.build();
  }

  /** Tells whoever advances it that the batch was aborted meanwhile. */
  void cancel() {
    cancelled = true;
  }

  boolean cancelled() {
    return cancelled;
  }

  /** The answer, once {@link #advance} was true. */
  Enrichment result() {
    var features = new double[Features.COUNT];
    for (SymbolCell cell : tentative.touched) {
      if (cell.accepted > 0) {
        result.addSymbols(features(cell, features));
      }
    }
    return result.setTicks(columns).build();
  }

  private @Nullable Reason take(int index, Tick tick) {
    Reason reason = rules.read(tick, clock, slot);
    if (reason != null) {
      return reason;
    }
    Spelling spelt = spelling(tick.getSymbol());
    Symbol symbol = spelt.symbol;
    if (symbol == null) {
      return Reason.UNKNOWN_SYMBOL;
    }
    SymbolCell known = tentative.terminal.symbols.get(symbol.name());
    if (known == null && tentative.terminal.symbols.size() >= maxSymbols) {
      return Reason.TOO_MANY_SYMBOLS;
    }
    SymbolCell cell = known == null ? spare(symbol.name()) : known;
    if (known != null) {
      tentative.touch(cell);
    }
    reason = rules.judge(cell, symbol, slot);
    if (reason != null) {
      return reason;
    }
    if (known == null) {
      tentative.touch(cell);
      tentative.admit(cell);
      spare = null;
    }
    append(index, spelt, symbol);
    if (deferred) {
      cell.follow(slot);
    } else {
      cell.apply(slot);
    }
    return null;
  }

  private Spelling spelling(String name) {
    // Terminals send runs of one symbol: most ticks end here.
    if (name.equals(spelling.name)) {
      return spelling;
    }
    Spelling known = spellings.get(name);
    if (known == null) {
      known = new Spelling(name, symbols.resolve(name));
      spellings.put(name, known);
    }
    spelling = known;
    return known;
  }

  /**
   * A cell to judge the first tick of a symbol by; it joins the terminal only when the tick is
   * accepted.
   */
  private SymbolCell spare(String name) {
    SymbolCell cell = spare;
    if (cell == null || !cell.name.equals(name)) {
      cell = new SymbolCell(name);
      spare = cell;
    }
    return cell;
  }

  private void append(int index, Spelling spelt, Symbol symbol) {
    if (spelt.column < 0) {
      spelt.column = columns.getSymbolsCount();
      columns.addSymbols(symbol.name()).addBrokerSymbols(spelt.name);
    }
    columns
        .addSymbol(spelt.column)
        .addIndex(index)
        .addTimeMsc(slot.timeMsc)
        .addBid(slot.bid)
        .addAsk(slot.ask)
        .addLast(slot.last)
        .addVolume(slot.volume)
        .addFlags(slot.flags)
        .addQuality(slot.quality);
  }

  private SymbolFeatures features(SymbolCell cell, double[] scratch) {
    SymbolState state = deferred ? cell.before() : cell.state;
    Features.write(state, scratch);
    SymbolFeatures.Builder features =
        SymbolFeatures.newBuilder()
            .setSymbol(cell.name)
            .setAsOfMsc(state.timeMsc())
            .setBid(state.bid())
            .setAsk(state.ask())
            .setMid(state.mid())
            .setLastBarMsc(state.lastBarMsc())
            .setWarm(Features.isWarm(state));
    for (int i = 0; i < Features.COUNT; i++) {
      features.addFeatures(scratch[i]);
    }
    return features.build();
  }
}
