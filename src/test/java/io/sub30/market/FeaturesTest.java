package io.sub30.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.Field;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class FeaturesTest {

  private static final Offset<Double> CLOSE = within(1e-9);

  @Test
  void names_matchTheIndexConstants() throws IllegalAccessException, NoSuchFieldException {
    assertThat(Features.NAMES).hasSize(Features.COUNT).doesNotHaveDuplicates();
    for (int i = 0; i < Features.COUNT; i++) {
      Field constant = Features.class.getField(Features.NAMES.get(i).toUpperCase(Locale.ROOT));
      assertThat(constant.getInt(null)).isEqualTo(i);
    }
  }

  @Property(tries = 40)
  void write_anyTicks_isFiniteAndBounded(
      @ForAll long seed, @ForAll @IntRange(max = 3_000) int count) {
    var state = new SymbolState();
    new SyntheticTicks(seed).feed(state, count);
    var features = new double[Features.COUNT];
    Features.write(state, features);
    for (int i = 0; i < Features.COUNT; i++) {
      assertThat(features[i]).as(Features.NAMES.get(i)).isFinite().isBetween(-60.0, 60.0);
    }
    for (int i = Features.DAY_SIN; i <= Features.SESSION_NEW_YORK; i++) {
      assertThat(features[i]).isBetween(-1.0, 1.0);
    }
    assertThat(features[Features.RSI]).isBetween(0.0, 1.0);
    assertThat(features[Features.BAR_POSITION]).isBetween(0.0, 1.0);
    assertThat(features[Features.TICK_IMBALANCE]).isBetween(-1.0, 1.0);
  }

  @Test
  void write_everyCloseRose_rsiIsOneAndNotMore() {
    // Found by the property above: these ticks led to 1.0000000000000002.
    var state = new SymbolState();
    new SyntheticTicks(-45_982).feed(state, 52);
    var features = new double[Features.COUNT];
    Features.write(state, features);
    assertThat(features[Features.RSI]).isEqualTo(1.0);
  }

  @Test
  void write_marketScaled_isTheSame() {
    // The vector must not know the price level: a market worth 1,000 times as much looks alike.
    var state = new SymbolState();
    var scaled = new SymbolState();
    var ticks = new SyntheticTicks(5);
    for (int i = 0; i < 5_000; i++) {
      TickSlot tick = ticks.quote();
      state.complete(tick, 1e-4);
      state.apply(tick);
      tick.bid *= 1_000;
      tick.ask *= 1_000;
      scaled.apply(tick);
    }
    var features = new double[Features.COUNT];
    var others = new double[Features.COUNT];
    Features.write(state, features);
    Features.write(scaled, others);
    for (int i = 0; i < Features.COUNT; i++) {
      assertThat(others[i]).as(Features.NAMES.get(i)).isCloseTo(features[i], within(1e-6));
    }
  }

  @Test
  void write_handMadeTicks_followsTheFormulas() {
    var state = new SymbolState();
    quote(state, 0, 99.99, 100.01);
    quote(state, 2_000, 100.09, 100.11);
    var out = new double[Features.COUNT];
    Features.write(state, out);
    double move = Math.log(100.1 / 100);
    double volatility = move / Math.sqrt(2);
    double spread = (100.11 - 100.09) / 100.1;
    assertThat(out[Features.RETURN_1]).isCloseTo(1, CLOSE);
    assertThat(out[Features.RETURN_5]).as("no tick 5 ago").isZero();
    assertThat(out[Features.SPREAD_BPS]).isCloseTo(Math.log(1 + 10_000 * spread), CLOSE);
    assertThat(out[Features.SPREAD_SIGMAS]).isCloseTo(spread / (volatility * Math.sqrt(60)), CLOSE);
    assertThat(out[Features.VOLATILITY_FAST])
        .isCloseTo(Math.log(10_000 * volatility * Math.sqrt(60)), CLOSE);
    assertThat(out[Features.VOLATILITY_RATIO]).isCloseTo(0, CLOSE);
    assertThat(out[Features.INTENSITY])
        .isCloseTo(Math.log(1 + 60 * (1 + Math.exp(-2 / 60.0)) / 60), CLOSE);
    assertThat(out[Features.SILENCE]).isCloseTo(Math.log(3), CLOSE);
    // 2014-05-08 00:00:02 UTC is Wednesday 20:00 in New York.
    assertThat(out[Features.DAY_SIN]).isCloseTo(Math.sin(2 * Math.PI * 20 / 24), CLOSE);
    assertThat(out[Features.WEEK_COS])
        .isCloseTo(Math.cos(2 * Math.PI * (3 * 24 + 20) / 168), CLOSE);
    assertThat(out[Features.SESSION_ASIA]).isEqualTo(1);
    assertThat(out[Features.SESSION_LONDON]).isZero();
    assertThat(out[Features.BAR_POSITION]).isEqualTo(1);
    assertThat(out[Features.TICK_IMBALANCE]).isCloseTo(1 / 32.0, CLOSE);
  }

  private static void quote(SymbolState state, long afterMillis, double bid, double ask) {
    var tick = new TickSlot();
    tick.timeMsc = SyntheticTicks.START_MSC + afterMillis;
    tick.bid = bid;
    tick.ask = ask;
    state.complete(tick, 1e-4);
    state.apply(tick);
  }

  @Test
  void write_marketStandsStill_isFinite() {
    var state = new SymbolState();
    for (int i = 0; i < 5_000; i++) {
      quote(state, i * 1_000L, 1.5, 1.5);
    }
    var out = new double[Features.COUNT];
    Features.write(state, out);
    for (double each : out) {
      assertThat(each).isFinite();
    }
    assertThat(out[Features.RSI]).isEqualTo(0.5);
    assertThat(out[Features.SPREAD_Z]).isZero();
  }

  @Test
  void isWarm_needsTicksAndBars() {
    var state = new SymbolState();
    for (int minute = 0; minute <= Features.WARM_BARS; minute++) {
      assertThat(Features.isWarm(state)).isFalse();
      quote(state, minute * 60_000L, 1.5, 1.6);
    }
    assertThat(state.closedBars()).isEqualTo(Features.WARM_BARS);
    assertThat(Features.isWarm(state)).as("ticks missing").isFalse();
    while (state.ticks() < Features.WARM_TICKS - 1) {
      quote(state, Features.WARM_BARS * 60_000L, 1.5, 1.6);
    }
    assertThat(Features.isWarm(state)).isFalse();
    quote(state, Features.WARM_BARS * 60_000L, 1.5, 1.6);
    assertThat(Features.isWarm(state)).isTrue();
  }
}
