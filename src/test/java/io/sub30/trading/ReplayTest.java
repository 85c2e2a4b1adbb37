package io.sub30.trading;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.v1.DecideRequest;
import io.sub30.v1.Decision;
import io.sub30.v1.Settlement;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.SymbolFeatures;
import io.sub30.v1.TickResult;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** A state that was lived through, one that was restored and one that was replayed are the same. */
class ReplayTest {

  private static final StrategyBook BOOK = Fixtures.book(Fixtures.STRATEGY);

  /** What became of a batch: decided and settled one way or the other, or stored undecided. */
  enum Fate {
    COMMITTED,
    ABORTED,
    RETRIED,
    UNDECIDED
  }

  record Step(String terminal, List<String> symbols, double rsi, long stepMillis, Fate fate) {}

  @Property(tries = 150)
  @Label("live == snapshot + restore + replay, at every point")
  void liveStateEqualsRestoredAndReplayed(
      @ForAll("steps") List<Step> steps, @ForAll("cuts") int cut) {
    Decider decider = new Decider(BOOK, new KillSwitch(false));
    TradingState live = new TradingState();
    List<StoredBatch> all = new ArrayList<>();
    List<StoredBatch> sinceCheckpoint = new ArrayList<>();
    byte[] checkpoint = new byte[0];
    long timeMsc = Fixtures.TUESDAY_MSC;
    long ordinal = 1;
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      timeMsc += step.stepMillis();
      byte[] before = live.snapshot();
      StoredBatch stored = live(decider, live, step, ordinal, timeMsc);
      if (stored == null) {
        assertThat(live.snapshot()).isEqualTo(before);
        continue;
      }
      ordinal++;
      all.add(stored);
      sinceCheckpoint.add(stored);
      if (i == cut) {
        checkpoint = live.snapshot();
        sinceCheckpoint.clear();
      }
    }
    assertThat(replayed(checkpoint, sinceCheckpoint)).isEqualTo(live.snapshot());
    assertThat(replayed(new byte[0], all)).isEqualTo(live.snapshot());
  }

  private static byte[] replayed(byte[] checkpoint, List<StoredBatch> batches) {
    TradingState state = TradingState.restore(checkpoint);
    batches.forEach(state::apply);
    return state.snapshot();
  }

  /** Lives through one batch; null when nothing of it was stored. */
  private static @Nullable StoredBatch live(
      Decider decider, TradingState live, Step step, long ordinal, long timeMsc) {
    DecideRequest.Builder request =
        DecideRequest.newBuilder()
            .setTerminal(step.terminal())
            .setSequence(ordinal)
            .setOrdinal(ordinal)
            .setReceivedMsc(timeMsc + 10);
    for (String symbol : step.symbols()) {
      SymbolFeatures.Builder features =
          symbol.equals("EURUSD")
              ? Fixtures.eurusd(timeMsc, step.rsi())
              : Fixtures.quote(symbol, timeMsc - 7, 101, 101.01, step.rsi());
      request.addSymbols(features);
    }
    if (step.fate() == Fate.UNDECIDED) {
      live.settle(ordinal, Settlement.COMMITTED);
      Decision.Builder held = Decision.newBuilder();
      for (String symbol : step.symbols()) {
        held.addSignals(
            Signal.newBuilder().setSymbol(symbol).setSide(Side.HOLD).addReasons("budget"));
      }
      return Fixtures.stored(request.build(), held.build());
    }
    Decision decision = decider.decide(request.build(), live);
    if (step.fate() == Fate.RETRIED) {
      assertThat(decider.decide(request.build(), live)).isEqualTo(decision);
    }
    boolean aborted = step.fate() == Fate.ABORTED;
    live.settle(ordinal, aborted ? Settlement.ABORTED : Settlement.COMMITTED);
    return aborted ? null : Fixtures.stored(request.build(), decision);
  }

  /** Signals of any size come out of a stored batch as the exact number of units they went in. */
  @Property(tries = 500)
  void lotsSurviveTheWayThroughADouble(@ForAll("units") long units) {
    assertThat(Lots.units(Lots.lots(units))).isEqualTo(units);
    Signal signal = Signal.newBuilder().setSize(Lots.lots(units)).build();
    assertThat(
            Lots.units(TickResult.newBuilder().addSignals(signal).build().getSignals(0).getSize()))
        .isEqualTo(units);
  }

  @Provide
  Arbitrary<Long> units() {
    return Arbitraries.longs().between(1, Lots.units(Lots.MAX_LOTS));
  }

  @Provide
  Arbitrary<Integer> cuts() {
    return Arbitraries.integers().between(-1, 60);
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Step> step =
        Combinators.combine(
                Arbitraries.of("t1", "t1", "t1", "t2", "t3"),
                Arbitraries.of(
                    List.of("EURUSD"), List.of("USDJPY", "EURUSD"), List.of("USDJPY", "XYZ")),
                Arbitraries.of(0.1, 0.5, 0.9, 0.95),
                Arbitraries.of(0L, 500L, 70_000L, 310_000L, 3_700_000L, -4_000_000L, -90_000_000L),
                Arbitraries.of(
                    Fate.COMMITTED, Fate.COMMITTED, Fate.ABORTED, Fate.RETRIED, Fate.UNDECIDED))
            .as(Step::new);
    return step.list().ofMinSize(1).ofMaxSize(60);
  }
}
