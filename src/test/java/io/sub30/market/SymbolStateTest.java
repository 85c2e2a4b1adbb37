package io.sub30.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SymbolStateTest {

  private static final long T = SyntheticTicks.START_MSC;
  private static final Offset<Double> CLOSE = within(1e-9);

  private final SymbolState state = new SymbolState();

  private static TickSlot tick(long timeMsc, double bid, double ask, double last) {
    var tick = new TickSlot();
    tick.timeMsc = timeMsc;
    tick.bid = bid;
    tick.ask = ask;
    tick.last = last;
    return tick;
  }

  private TickSlot take(long timeMsc, double bid, double ask, double last) {
    TickSlot tick = tick(timeMsc, bid, ask, last);
    assertThat(state.complete(tick, 0.5)).isTrue();
    state.apply(tick);
    return tick;
  }

  @Test
  void complete_oneSided_carriesTheOtherSide() {
    take(T, 100, 101, 0);
    TickSlot bid = take(T + 1, 100.5, 0, 0);
    assertThat(bid.ask).isEqualTo(101);
    assertThat(bid.quality).isEqualTo(Quality.CARRIED);
    TickSlot ask = take(T + 2, 0, 102, 0);
    assertThat(ask.bid).isEqualTo(100.5);
    assertThat(state.bid()).isEqualTo(100.5);
    assertThat(state.ask()).isEqualTo(102);
  }

  @Test
  void complete_oneSidedBeyondTheOther_movesItAlong() {
    take(T, 100, 101, 0);
    TickSlot tick = take(T + 1, 103, 0, 0);
    assertThat(tick.ask).isEqualTo(103);
    assertThat(tick.quality).isEqualTo(Quality.CARRIED | Quality.ZERO_SPREAD);
    assertThat(take(T + 2, 0, 99, 0).bid).isEqualTo(99);
  }

  @Test
  void complete_nothingToCarry_isOfNoUse() {
    assertThat(state.complete(tick(T, 100, 0, 0), 0.5)).isFalse();
    assertThat(state.complete(tick(T, 0, 100, 0), 0.5)).isFalse();
    assertThat(state.complete(tick(T, 0, 0, 0), 0.5)).isFalse();
    take(T, 100, 101, 0);
    assertThat(state.complete(tick(T, 0, 0, 0), 0.5)).isFalse();
  }

  @Test
  void complete_lastOnly_isATradeWithTheTypicalSpread() {
    TickSlot tick = take(T, 0, 0, 100);
    assertThat(tick.bid).isEqualTo(99.75);
    assertThat(tick.ask).isEqualTo(100.25);
    assertThat(tick.quality).isEqualTo(Quality.TRADE);
    assertThat(state.mid()).isEqualTo(100);
    assertThat(take(T, 0, 0, 0.2).bid).as("never below zero").isPositive();
  }

  @Test
  void complete_doesNotChangeTheState() {
    new SyntheticTicks(7).feed(state, 300);
    var before = new SymbolState();
    state.copyTo(before);
    state.complete(tick(T + 99_999_999, 1, 0, 0), 0.5);
    assertThat(state.sameBits(before)).isTrue();
  }

  @Test
  void complete_atTheLimitOfAGap_flagsOnlyBeyondIt() {
    take(T, 100, 101, 0);
    assertThat(take(T + 60_000, 100, 101, 0).quality).isZero();
    assertThat(take(T + 120_001, 100, 101, 0).quality).isEqualTo(Quality.GAP);
  }

  @Test
  void apply_outOfOrder_leavesQuoteAndClock() {
    take(T, 100, 101, 0);
    TickSlot late = take(T - 1, 90, 91, 0);
    assertThat(late.quality).isEqualTo(Quality.OUT_OF_ORDER);
    assertThat(state.bid()).isEqualTo(100);
    assertThat(state.timeMsc()).isEqualTo(T);
    assertThat(state.ticks()).isEqualTo(1);
  }

  @Test
  void apply_backInTimeForGood_beginsAgainAtTheLimit() {
    new SyntheticTicks(3).feed(state, 500);
    long earlier = T - 86_400_000;
    long clock = state.timeMsc();
    for (int i = 0; i < SymbolState.RESTART_TICKS - 1; i++) {
      assertThat(take(earlier + i, 2, 3, 0).quality).isEqualTo(Quality.OUT_OF_ORDER);
    }
    assertThat(state.timeMsc()).isEqualTo(clock);
    TickSlot last = take(earlier + 1_000, 2, 3, 0);
    assertThat(last.quality).isEqualTo(Quality.RESTARTED);
    var fresh = new SymbolState();
    fresh.apply(last);
    assertThat(state.sameBits(fresh)).isTrue();
  }

  @Test
  void apply_aTickInOrder_resetsTheCountOfStragglers() {
    take(T, 100, 101, 0);
    for (int i = 0; i < 3 * SymbolState.RESTART_TICKS; i++) {
      assertThat(take(T - 5, 100, 101, 0).quality).isEqualTo(Quality.OUT_OF_ORDER);
      take(T + i, 100, 101, 0);
    }
    assertThat(state.ticks()).isEqualTo(1 + 3L * SymbolState.RESTART_TICKS);
  }

  @Test
  void apply_levelChange_movesTheQuoteButNoVolatility() {
    var ticks = new SyntheticTicks(9);
    for (int i = 0; i < 500; i++) {
      TickSlot tick = ticks.quote();
      state.complete(tick, 1e-4);
      state.apply(tick);
    }
    double tickVolatility = state.tickVolatility();
    double fast = state.fastVolatility();
    TickSlot step = tick(state.timeMsc() + 1_000, 2 * state.bid(), 2 * state.ask(), 0);
    step.quality = Quality.LEVEL_CHANGE;
    state.complete(step, 1e-4);
    state.apply(step);
    assertThat(state.mid()).isEqualTo(step.mid());
    assertThat(state.tickVolatility()).isEqualTo(tickVolatility);
    assertThat(state.fastVolatility()).isEqualTo(fast);
    take(state.timeMsc() + 1_000, step.bid, step.ask, 0);
    assertThat(state.fastVolatility()).as("measured from the new level on").isLessThan(fast);
  }

  /** Every figure against its definition over the whole history. */
  @Property(tries = 40)
  void apply_anyQuotes_equalsRecomputation(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 256) int count) {
    var ticks = new SyntheticTicks(seed);
    var state = new SymbolState();
    var times = new ArrayList<Long>();
    var mids = new ArrayList<Double>();
    var spreads = new ArrayList<Double>();
    for (int i = 0; i < count; i++) {
      TickSlot tick = ticks.quote();
      state.complete(tick, 1e-4);
      state.apply(tick);
      times.add(tick.timeMsc);
      mids.add(tick.mid());
      spreads.add((tick.ask - tick.bid) / tick.mid());
    }
    for (int lag = 0; lag < Math.min(count, 101); lag++) {
      assertThat(state.logMid(lag)).isEqualTo(StrictMath.log(mids.get(count - 1 - lag)));
    }
    double squares = 0;
    for (int i = 1; i < count; i++) {
      squares += Math.pow(Math.log(mids.get(i) / mids.get(i - 1)), 2);
    }
    assertThat(state.tickVolatility()).isCloseTo(Math.sqrt(squares / (count - 1)), CLOSE);
    double mean = spreads.stream().mapToDouble(d -> d).average().orElseThrow();
    double variance =
        spreads.stream().mapToDouble(d -> (d - mean) * (d - mean)).average().orElseThrow();
    assertThat(state.doubles[Layout.SPREAD_MEAN]).isCloseTo(mean, within(1e-15));
    assertThat(state.doubles[Layout.SPREAD_VARIANCE]).isCloseTo(variance, within(1e-15));
    assertThat(state.doubles[Layout.INTENSITY_FAST]).isCloseTo(intensity(times, 60), CLOSE);
    assertThat(state.doubles[Layout.INTENSITY_SLOW]).isCloseTo(intensity(times, 900), CLOSE);
    assertThat(state.fastVolatility()).isCloseTo(volatility(times, mids, 60), within(1e-12));
    assertThat(state.slowVolatility()).isCloseTo(volatility(times, mids, 900), within(1e-12));
  }

  private static double intensity(List<Long> times, double constant) {
    long end = times.get(times.size() - 1);
    return times.stream()
        .mapToDouble(t -> Math.exp(-(end - t) / 1_000.0 / constant) / constant)
        .sum();
  }

  /** Weighted mean of the squared moves a second, over the steps of time that are no gaps. */
  private static double volatility(List<Long> times, List<Double> mids, double constant) {
    double sum = 0;
    double weights = 0;
    double anchor = mids.get(0);
    for (int i = 1; i < times.size(); i++) {
      double seconds = (times.get(i) - times.get(i - 1)) / 1_000.0;
      if (seconds > 0) {
        if (seconds <= 60) {
          double keep = Math.exp(-seconds / constant);
          double move = Math.log(mids.get(i) / anchor);
          sum = keep * sum + (1 - keep) * move * move / seconds;
          weights = keep * weights + (1 - keep);
        }
        anchor = mids.get(i);
      }
    }
    return weights == 0 ? 0 : Math.sqrt(sum / weights);
  }

  @Property(tries = 30)
  void copy_thenMoreTicks_isIndependentAndExact(
      @ForAll long seed, @ForAll @IntRange(max = 2_000) int count) {
    var state = new SymbolState();
    new SyntheticTicks(seed).feed(state, count);
    var copy = new SymbolState();
    state.copyTo(copy);
    assertThat(copy.sameBits(state)).isTrue();
    new SyntheticTicks(seed + 1).feed(copy, 10);
    assertThat(copy.sameBits(state)).isFalse();
    var again = new SymbolState();
    new SyntheticTicks(seed).feed(again, count);
    assertThat(again.sameBits(state)).as("the same ticks, the same bits").isTrue();
  }

  @Property(tries = 30)
  void snapshot_restored_isExactAndGoesOnEqually(
      @ForAll long seed, @ForAll @IntRange(max = 2_000) int count) {
    var state = new SymbolState();
    new SyntheticTicks(seed).feed(state, count);
    ByteBuffer bytes = ByteBuffer.allocate(SymbolState.SNAPSHOT_BYTES);
    state.write(bytes);
    assertThat(bytes.hasRemaining()).isFalse();
    var restored = new SymbolState();
    restored.read(bytes.flip());
    assertThat(restored.sameBits(state)).isTrue();
    new SyntheticTicks(~seed).feed(state, 200);
    new SyntheticTicks(~seed).feed(restored, 200);
    assertThat(restored.sameBits(state)).isTrue();
  }

  @Test
  void read_otherLayoutOrShort_isRefused() {
    ByteBuffer bytes = ByteBuffer.allocate(SymbolState.SNAPSHOT_BYTES).putInt(0, 99);
    assertThatThrownBy(() -> state.read(bytes)).hasMessageContaining("layout 99");
    ByteBuffer brief =
        ByteBuffer.allocate(SymbolState.SNAPSHOT_BYTES - 1).putInt(0, Layout.VERSION);
    assertThatThrownBy(() -> state.read(brief)).hasMessageContaining("shorter");
  }
}
