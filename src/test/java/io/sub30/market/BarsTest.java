package io.sub30.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.ta4j.core.BaseBarSeries;
import org.ta4j.core.BaseBarSeriesBuilder;
import org.ta4j.core.indicators.ATRIndicator;
import org.ta4j.core.indicators.EMAIndicator;
import org.ta4j.core.indicators.RSIIndicator;
import org.ta4j.core.indicators.helpers.ClosePriceIndicator;
import org.ta4j.core.num.DoubleNum;

class BarsTest {

  private record Bar(
      long openMsc, double open, double high, double low, double close, long ticks) {}

  /** Closed bars by the definition: ticks grouped by minute, all but the last group. */
  private static List<Bar> feed(SymbolState state, long seed, int count) {
    var ticks = new SyntheticTicks(seed);
    var bars = new ArrayList<Bar>();
    for (int i = 0; i < count; i++) {
      TickSlot tick = ticks.quote();
      state.complete(tick, 1e-4);
      boolean closed = state.apply(tick);
      long minute = tick.timeMsc / 60_000 * 60_000;
      double mid = tick.mid();
      boolean same = !bars.isEmpty() && bars.get(bars.size() - 1).openMsc == minute;
      assertThat(closed).isEqualTo(!bars.isEmpty() && !same);
      if (same) {
        Bar last = bars.get(bars.size() - 1);
        bars.set(
            bars.size() - 1,
            new Bar(
                minute,
                last.open,
                Math.max(last.high, mid),
                Math.min(last.low, mid),
                mid,
                last.ticks + 1));
      } else {
        bars.add(new Bar(minute, mid, mid, mid, mid, 1));
      }
    }
    return bars.subList(0, bars.size() - 1);
  }

  private static BaseBarSeries series(List<Bar> bars) {
    BaseBarSeries series = new BaseBarSeriesBuilder().withNumTypeOf(DoubleNum.class).build();
    for (Bar bar : bars) {
      series.addBar(
          Duration.ofMinutes(1),
          Instant.ofEpochMilli(bar.openMsc + 60_000).atZone(ZoneOffset.UTC),
          bar.open,
          bar.high,
          bar.low,
          bar.close,
          bar.ticks);
    }
    return series;
  }

  @Property(tries = 30)
  void take_anyQuotes_equalsGroupingByMinute(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 2_000) int count) {
    var state = new SymbolState();
    List<Bar> expected = feed(state, seed, count);
    assertThat(state.closedBars()).isEqualTo(expected.size());
    assertThat(Bars.available(state)).isEqualTo(Math.min(64, expected.size()));
    for (int back = 0; back < Bars.available(state); back++) {
      Bar bar = expected.get(expected.size() - 1 - back);
      assertThat(
              new Bar(
                  Bars.openMsc(state, back),
                  Bars.open(state, back),
                  Bars.high(state, back),
                  Bars.low(state, back),
                  Bars.close(state, back),
                  Bars.ticks(state, back)))
          .isEqualTo(bar);
    }
    long inBars = expected.stream().mapToLong(Bar::ticks).sum() + state.longs[Layout.BAR_TICKS];
    assertThat(inBars).as("every tick is in one bar").isEqualTo(count);
  }

  @Test
  void indicators_twoThousandBars_equalThoseOfTa4j() {
    var state = new SymbolState();
    List<Bar> bars = feed(state, 11, 30_000);
    BaseBarSeries series = series(bars);
    int end = series.getEndIndex();
    assertThat(end).isGreaterThan(1_000);
    var close = new ClosePriceIndicator(series);
    var exact = within(1e-9);
    assertThat(Bars.emaFast(state))
        .isCloseTo(new EMAIndicator(close, 12).getValue(end).doubleValue(), exact);
    assertThat(Bars.emaSlow(state))
        .isCloseTo(new EMAIndicator(close, 26).getValue(end).doubleValue(), exact);
    assertThat(Bars.rsi(state))
        .isCloseTo(new RSIIndicator(close, 14).getValue(end).doubleValue(), exact);
    assertThat(Bars.atr(state))
        .isCloseTo(new ATRIndicator(series, 14).getValue(end).doubleValue(), exact);
  }

  @Property(tries = 20)
  void indicators_fewBars_equalThoseOfTa4j(
      @ForAll long seed, @ForAll @IntRange(min = 60, max = 600) int count) {
    var state = new SymbolState();
    List<Bar> bars = feed(state, seed, count);
    BaseBarSeries series = series(bars);
    int end = series.getEndIndex();
    var exact = within(1e-9);
    var close = new ClosePriceIndicator(series);
    assertThat(Bars.atr(state))
        .isCloseTo(new ATRIndicator(series, 14).getValue(end).doubleValue(), exact);
    assertThat(Bars.emaSlow(state))
        .isCloseTo(new EMAIndicator(close, 26).getValue(end).doubleValue(), exact);
    assertThat(Bars.rsi(state))
        .isCloseTo(new RSIIndicator(close, 14).getValue(end).doubleValue(), exact);
  }

  @Test
  void window_barsMissing_isNotWritten() {
    var state = new SymbolState();
    var window = new float[BarWindow.SIZE];
    var tick = new TickSlot();
    for (int minute = 0; minute <= 40; minute++) {
      boolean written = BarWindow.write(state, window);
      // Minute n opens bar n and closes the one before: after it n bars are closed.
      assertThat(written).isEqualTo(minute - 1 >= BarWindow.LENGTH);
      tick.clear();
      tick.timeMsc = SyntheticTicks.START_MSC + minute * 60_000L;
      tick.bid = 1 + minute / 100.0;
      tick.ask = tick.bid;
      state.complete(tick, 1e-4);
      state.apply(tick);
    }
    assertThat(BarWindow.write(state, window)).isTrue();
    assertThat(window[BarWindow.SIZE - 3]).isEqualTo((float) Math.log(1.39 / 1.38));
    assertThat(window[BarWindow.SIZE - 1]).isEqualTo((float) Math.log(2));
    assertThat(BarWindow.write(state, 8, window))
        .as("40 closed bars hold 8 older windows")
        .isTrue();
    assertThat(window[BarWindow.SIZE - 3]).isEqualTo((float) Math.log(1.31 / 1.30));
    assertThat(window[0]).as("the first bar has no close before it").isZero();
    assertThat(BarWindow.write(state, 9, window)).isFalse();
  }
}
