package io.sub30.databridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.config.DataBridgeConfig;
import io.sub30.market.BarWindow;
import io.sub30.market.Features;
import io.sub30.market.Quality;
import io.sub30.market.SymbolState;
import io.sub30.market.Symbols;
import io.sub30.market.SymbolsTest;
import io.sub30.market.SyntheticTicks;
import io.sub30.v1.BarClosed;
import io.sub30.v1.EnrichRequest;
import io.sub30.v1.Enrichment;
import io.sub30.v1.Settlement;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.SymbolFeatures;
import io.sub30.v1.Tick;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CellStateTest {

  private static final Symbols SYMBOLS = SymbolsTest.shipped();
  private static final DataBridgeConfig SMALL = new DataBridgeConfig(9, 3, 3, 60_000, 0, 3);
  private static final long T = SyntheticTicks.START_MSC;

  private final CellState cell = cell(DataBridgeConfig.defaults());

  private static CellState cell(DataBridgeConfig config) {
    return new CellState(SYMBOLS, config, new UndoPool());
  }

  private static CellState restored(byte[] bytes) {
    return CellState.restore(bytes, SYMBOLS, SMALL, new UndoPool());
  }

  private static List<Tick> minutes(int from, int to) {
    var ticks = new ArrayList<Tick>();
    for (int minute = from; minute < to; minute++) {
      ticks.add(Requests.quote("EURUSD", T + minute * 60_000L, 1.1 + minute * 1e-5, 1.2));
    }
    return ticks;
  }

  /** The properties below prove little if the batches they draw are tame. */
  @Test
  void wildBatches_aFewSeeds_showEveryRule() {
    var reasons = new TreeSet<String>();
    int quality = 0;
    for (long seed = 0; seed < 5; seed++) {
      var wild = new Requests.Wild(seed);
      var lived = cell(SMALL);
      for (int ordinal = 1; ordinal <= 40; ordinal++) {
        Enrichment result = lived.enrich(wild.next(ordinal));
        lived.settle(ordinal, Settlement.COMMITTED);
        result.getRejectedList().forEach(each -> reasons.add(each.getReason()));
        for (int each : result.getTicks().getQualityList()) {
          quality |= each;
        }
      }
    }
    assertThat(reasons)
        .contains(
            "duplicate", "price_jump", "unknown_symbol", "too_many_symbols", "non_positive_price");
    int all =
        Quality.OUT_OF_ORDER
            | Quality.ZERO_SPREAD
            | Quality.CARRIED
            | Quality.GAP
            | Quality.TRADE
            | Quality.LEVEL_CHANGE
            | Quality.RESTARTED;
    assertThat(quality).isEqualTo(all);
  }

  /**
   * Whatever is enriched, aborted and committed: only what was committed counts, for the state and
   * what follows.
   */
  @Property(tries = 40)
  void settle_anySequence_equalsRecomputationOfTheCommitted(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int batches) {
    var wild = new Requests.Wild(seed);
    var lived = cell(SMALL);
    var recomputed = cell(SMALL);
    long ordinal = 0;
    for (int i = 0; i < batches; i++) {
      EnrichRequest request = wild.next(ordinal + 1);
      Enrichment enrichment = lived.enrich(request);
      if (wild.coin()) {
        ordinal++;
        Enrichment again = recomputed.enrich(request);
        assertThat(enrichment).as("aborted batches before it left no trace").isEqualTo(again);
        assertThat(lived.settle(ordinal, Settlement.COMMITTED))
            .isEqualTo(recomputed.settle(ordinal, Settlement.COMMITTED));
      } else {
        byte[] before = recomputed.snapshot();
        assertThat(lived.settle(ordinal + 1, Settlement.ABORTED)).isEmpty();
        assertThat(lived.snapshot()).as("to the bit").isEqualTo(before);
        lived.enrich(request.toBuilder().setValidateOnly(true).build());
        assertThat(lived.settle(ordinal + 1, Settlement.ABORTED)).isEmpty();
        assertThat(lived.snapshot()).as("validated only, to the bit").isEqualTo(before);
      }
    }
    assertThat(lived.snapshot()).isEqualTo(recomputed.snapshot());
  }

  @Test
  void enrich_validateOnly_answersWithTheFeaturesOfBeforeAndTakesTheTicksInAtTheCommit() {
    Enrichment first = cell.enrich(Requests.request(1, minutes(0, 40)));
    cell.settle(1, Settlement.COMMITTED);
    EnrichRequest late =
        Requests.request(2, minutes(40, 43)).toBuilder().setValidateOnly(true).build();
    Enrichment validated = cell.enrich(late);

    assertThat(validated.getDeferred()).isTrue();
    assertThat(validated.getTicks().getTimeMscCount()).isEqualTo(3);
    assertThat(validated.getSymbolsList()).isEqualTo(first.getSymbolsList());
    List<BarClosed> bars = cell.settle(2, Settlement.COMMITTED);
    assertThat(bars).extracting(BarClosed::getBarMsc).hasSize(3);
    SymbolState state = Objects.requireNonNull(cell.symbolState("t1", "EURUSD"));
    assertThat(state.ticks()).isEqualTo(43);
    assertThat(state.timeMsc()).isEqualTo(T + 42 * 60_000L);
  }

  /**
   * A checkpoint at any point and a replay of the stored batches after it give the bits of the
   * state that lived.
   */
  @Property(tries = 40)
  void replay_afterAnyCheckpoint_equalsTheStateThatLived(
      @ForAll long seed,
      @ForAll @IntRange(max = 30) int checkpoint,
      @ForAll @IntRange(max = 30) int more) {
    var wild = new Requests.Wild(seed);
    var lived = cell(SMALL);
    var stored = new ArrayList<StoredBatch>();
    byte[] state = {};
    for (int i = 0; i < checkpoint + more; i++) {
      if (i == checkpoint) {
        state = lived.snapshot();
        stored.clear();
      }
      // Some are only validated in time; what they bring is taken in when they are committed.
      EnrichRequest request = wild.next(i + 1).toBuilder().setValidateOnly(wild.coin()).build();
      stored.add(Requests.stored(request, lived.enrich(request)));
      lived.settle(i + 1, Settlement.COMMITTED);
    }
    var rebuilt = restored(state);
    stored.forEach(rebuilt::replay);
    assertThat(rebuilt.snapshot()).isEqualTo(lived.snapshot());
    assertThat(rebuilt.ordinal()).isEqualTo(lived.ordinal());
    assertThat(restored(lived.snapshot()).snapshot()).isEqualTo(lived.snapshot());
  }

  @Property(tries = 20)
  void advance_inSteps_equalsOneGo(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 7) int step) {
    var wild = new Requests.Wild(seed);
    var whole = cell(SMALL);
    var stepped = cell(SMALL);
    for (int ordinal = 1; ordinal <= 10; ordinal++) {
      EnrichRequest request = wild.next(ordinal);
      EnrichRun run = stepped.begin(request);
      while (!run.advance(step)) {
        assertThat(run.done()).isFalse();
      }
      assertThat(run.result()).isEqualTo(whole.enrich(request));
      stepped.settle(ordinal, Settlement.COMMITTED);
      whole.settle(ordinal, Settlement.COMMITTED);
    }
  }

  @Test
  void enrich_twoSymbolsAndSpellings_fillsColumnsAndFeatures() {
    Enrichment result =
        cell.enrich(
            Requests.request(
                1,
                List.of(
                    Requests.quote("GBPUSDm", T, 1.5, 1.6),
                    Requests.quote("EURUSD.m", T, 1.1, 1.2),
                    Requests.quote("EURUSD", T + 1, 1.3, 1.4))));
    assertThat(result.getTicks().getSymbolsList()).containsExactly("GBPUSD", "EURUSD", "EURUSD");
    assertThat(result.getTicks().getBrokerSymbolsList())
        .containsExactly("GBPUSDm", "EURUSD.m", "EURUSD");
    assertThat(result.getTicks().getSymbolList()).containsExactly(0, 1, 2);
    assertThat(result.getSymbolsList())
        .extracting(SymbolFeatures::getSymbol)
        .containsExactly("GBPUSD", "EURUSD");
    SymbolFeatures euro = result.getSymbols(1);
    assertThat(euro.getBid()).isEqualTo(1.3);
    assertThat(euro.getAsOfMsc()).isEqualTo(T + 1);
    assertThat(euro.getFeaturesCount()).isEqualTo(Features.COUNT);
    assertThat(euro.getLastBarMsc()).isZero();
    assertThat(euro.getWarm()).isFalse();
  }

  @Test
  void enrich_nothingAccepted_changesNothing() {
    byte[] before = cell.snapshot();
    Enrichment result = cell.enrich(Requests.request(1, List.of(Requests.quote("DOGE", T, 1, 2))));
    assertThat(result.getSymbolsCount()).isZero();
    cell.settle(1, Settlement.ABORTED);
    assertThat(cell.snapshot()).isEqualTo(before);
  }

  @Test
  void settle_committed_yieldsTheBarsThatClosed() {
    cell.enrich(Requests.request(1, minutes(0, 32)));
    List<BarClosed> first = cell.settle(1, Settlement.COMMITTED);
    assertThat(first).hasSize(31).allMatch(bar -> bar.getWindowCount() == 0);
    assertThat(first.get(0).getBarMsc()).isEqualTo(T);
    assertThat(first.get(0).getTerminal()).isEqualTo("t1");
    cell.enrich(Requests.request(2, minutes(32, 34)));
    List<BarClosed> second = cell.settle(2, Settlement.COMMITTED);
    assertThat(second)
        .extracting(BarClosed::getBarMsc)
        .containsExactly(T + 31 * 60_000L, T + 32 * 60_000L);
    assertThat(second).allMatch(bar -> bar.getWindowCount() == BarWindow.SIZE);
    assertThat(second.get(0).getWindowList().subList(3, 6))
        .as("the window slides")
        .isEqualTo(second.get(1).getWindowList().subList(0, 3));
  }

  @Test
  void settle_aborted_yieldsNoBars() {
    cell.enrich(Requests.request(1, minutes(0, 40)));
    assertThat(cell.settle(1, Settlement.ABORTED)).isEmpty();
  }

  @Test
  void settle_moreBarsThanKept_yieldsThoseThatAre() {
    cell.enrich(Requests.request(1, minutes(0, 200)));
    List<BarClosed> bars = cell.settle(1, Settlement.COMMITTED);
    assertThat(bars).hasSize(SymbolState.BARS);
    assertThat(bars.get(63).getBarMsc()).isEqualTo(T + 198 * 60_000L);
    assertThat(bars.stream().filter(bar -> bar.getWindowCount() > 0)).hasSize(33);
  }

  @Test
  void enrich_whileOneIsTentative_isABug() {
    cell.enrich(Requests.request(1, minutes(0, 1)));
    assertThatThrownBy(() -> cell.enrich(Requests.request(2, minutes(1, 2))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("batch 1 is not settled");
    assertThatThrownBy(cell::snapshot).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> cell.replay(StoredBatch.newBuilder().setOrdinal(2).build()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void enrich_ordinalNotAhead_isABug() {
    cell.enrich(Requests.request(5, minutes(0, 1)));
    cell.settle(5, Settlement.COMMITTED);
    assertThatThrownBy(() -> cell.enrich(Requests.request(5, minutes(1, 2))))
        .isInstanceOf(IllegalStateException.class);
    cell.enrich(Requests.request(6, minutes(1, 2)));
  }

  @Test
  void settle_again_isIgnoredWhenTheSameAndRefusedWhenNot() {
    cell.enrich(Requests.request(1, minutes(0, 40)));
    cell.settle(1, Settlement.COMMITTED);
    assertThat(cell.settle(1, Settlement.COMMITTED)).isEmpty();
    assertThatThrownBy(() -> cell.settle(1, Settlement.ABORTED))
        .isInstanceOf(IllegalStateException.class);
    cell.enrich(Requests.request(2, minutes(40, 41)));
    cell.settle(2, Settlement.ABORTED);
    assertThat(cell.settle(2, Settlement.ABORTED)).isEmpty();
    assertThatThrownBy(() -> cell.settle(2, Settlement.COMMITTED))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> cell.settle(1, Settlement.SETTLEMENT_UNSPECIFIED))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void settle_whileItRuns_cancelsOrIsRefused() {
    byte[] before = cell.snapshot();
    EnrichRun run = cell.begin(Requests.request(1, minutes(0, 10)));
    run.advance(5);
    assertThatThrownBy(() -> cell.settle(1, Settlement.COMMITTED))
        .hasMessageContaining("before it was enriched");
    cell.settle(1, Settlement.ABORTED);
    assertThat(run.cancelled()).isTrue();
    assertThat(cell.snapshot()).isEqualTo(before);
  }

  @Test
  void terminal_beyondTheBound_takesThePlaceOfTheLongestSilent() {
    var small = cell(SMALL);
    for (int i = 1; i <= 3; i++) {
      small.enrich(Requests.request("t" + i, i, minutes(0, 1)));
      small.settle(i, Settlement.COMMITTED);
    }
    small.enrich(Requests.request("t1", 4, minutes(1, 2)));
    small.settle(4, Settlement.COMMITTED);
    byte[] before = small.snapshot();
    small.enrich(Requests.request("t4", 5, minutes(0, 1)));
    small.settle(5, Settlement.ABORTED);
    assertThat(small.snapshot()).as("the evicted one is back").isEqualTo(before);
    small.enrich(Requests.request("t4", 5, minutes(0, 1)));
    small.settle(5, Settlement.COMMITTED);
    assertThat(small.symbolState("t2", "EURUSD")).isNull();
    assertThat(small.symbolState("t1", "EURUSD")).isNotNull();
    assertThat(small.symbolState("t4", "EURUSD")).isNotNull();
  }

  @Test
  void restore_damagedBytes_isRefused() {
    cell.enrich(Requests.request(1, minutes(0, 3)));
    cell.settle(1, Settlement.COMMITTED);
    byte[] bytes = cell.snapshot();
    for (int at : new int[] {0, 5, 20, bytes.length - 1}) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 1;
      assertThatThrownBy(() -> restored(damaged)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> restored(new byte[] {1, 2}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> restored(Arrays.copyOf(bytes, bytes.length - 8)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void replay_columnsThatDoNotFit_isRefused() {
    EnrichRequest request = Requests.request(1, minutes(0, 2));
    StoredBatch good = Requests.stored(request, cell(SMALL).enrich(request));
    StoredBatch.Builder shorter = good.toBuilder();
    shorter.getTicksBuilder().clearAsk().addAsk(1);
    assertThatThrownBy(() -> cell.replay(shorter.build()))
        .isInstanceOf(IllegalArgumentException.class);
    StoredBatch.Builder pointing = good.toBuilder();
    pointing.getTicksBuilder().setSymbol(0, 7);
    assertThatThrownBy(() -> cell.replay(pointing.build()))
        .isInstanceOf(IllegalArgumentException.class);
    cell.replay(good);
    assertThat(cell.ordinal()).isEqualTo(1);
  }
}
