package io.sub30.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.database.columnar.StoredBar;
import io.sub30.market.Quality;
import io.sub30.market.Timeframe;
import io.sub30.v1.Bar;
import io.sub30.v1.TickColumns;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class BarSeriesTest {

  private static final long T0 = 1_767_614_400_000L; // a whole day
  private static final long MINUTE = 60_000;

  @Property
  void of_anySplitBetweenStoreAndTicks_isTheSame(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 1, max = 40_000) Integer> steps,
      @ForAll @IntRange(min = 0, max = 60) int split,
      @ForAll Timeframe timeframe) {
    List<long[]> ticks = new ArrayList<>();
    long time = T0;
    for (int step : steps) {
      time += step;
      ticks.add(new long[] {time, 100 + step % 7});
    }
    int stored = Math.min(split, ticks.size());
    BarSeries whole = new BarSeries(T0, Long.MAX_VALUE);
    ticks.forEach(tick -> whole.add(columns("EURUSD", tick), "EURUSD"));
    BarSeries first = new BarSeries(T0, Long.MAX_VALUE);
    ticks.subList(0, stored).forEach(tick -> first.add(columns("EURUSD", tick), "EURUSD"));
    BarSeries both = new BarSeries(T0, Long.MAX_VALUE);
    for (Bar bar : first.of(Timeframe.M1)) {
      both.add(
          new StoredBar(
              bar.getOpenMsc(),
              bar.getOpen(),
              bar.getHigh(),
              bar.getLow(),
              bar.getClose(),
              bar.getTicks()));
    }
    ticks.subList(stored, ticks.size()).forEach(t -> both.add(columns("EURUSD", t), "EURUSD"));

    assertThat(both.of(timeframe)).isEqualTo(whole.of(timeframe));
    assertThat(both.of(timeframe).stream().mapToLong(Bar::getTicks).sum()).isEqualTo(steps.size());
  }

  @Test
  void of_fiveMinutes_areOpenHighLowCloseOfTheirMinutes() {
    BarSeries series = new BarSeries(T0, T0 + 10 * MINUTE);
    series.add(new StoredBar(T0, 10, 12, 9, 11, 3));
    series.add(new StoredBar(T0 + 4 * MINUTE, 11, 20, 10, 12, 2));
    series.add(new StoredBar(T0 + 5 * MINUTE, 13, 14, 5, 6, 1));
    series.add(new StoredBar(T0 + 10 * MINUTE, 1, 1, 1, 1, 1));
    series.add(new StoredBar(T0 - MINUTE, 1, 1, 1, 1, 1));

    assertThat(series.of(Timeframe.M5))
        .containsExactly(bar(T0, 10, 20, 9, 12, 5), bar(T0 + 5 * MINUTE, 13, 14, 5, 6, 1));
  }

  @Test
  void add_otherSymbolsStragglersAndWhatHasNoPrice_countNothing() {
    BarSeries series = new BarSeries(T0, T0 + MINUTE);
    series.add(columns("GBPUSD", new long[] {T0, 5}), "EURUSD");
    series.add(tick(T0, 0, 0, 0, 0), "EURUSD");
    series.add(tick(T0, 2, 2, 0, Quality.OUT_OF_ORDER), "EURUSD");
    series.add(tick(T0 - 1, 2, 2, 0, 0), "EURUSD");
    series.add(tick(T0 + MINUTE, 2, 2, 0, 0), "EURUSD");
    assertThat(series.of(Timeframe.M1)).isEmpty();

    series.add(tick(T0 + MINUTE - 1, 0, 0, 7, 0), "EURUSD");
    series.add(tick(T0 + MINUTE - 1, 2, 4, 7, 0), "EURUSD");
    assertThat(series.of(Timeframe.M1)).containsExactly(bar(T0, 7, 7, 3, 3, 2));
  }

  private static Bar bar(long open, double o, double h, double l, double c, long ticks) {
    return Bar.newBuilder()
        .setOpenMsc(open)
        .setOpen(o)
        .setHigh(h)
        .setLow(l)
        .setClose(c)
        .setTicks(ticks)
        .build();
  }

  private static TickColumns columns(String symbol, long[] tick) {
    return tick(tick[0], tick[1], tick[1], 0, 0).toBuilder().setSymbols(0, symbol).build();
  }

  private static TickColumns tick(long time, double bid, double ask, double last, int quality) {
    return TickColumns.newBuilder()
        .addSymbols("EURUSD")
        .addSymbol(0)
        .addTimeMsc(time)
        .addBid(bid)
        .addAsk(ask)
        .addLast(last)
        .addVolume(0)
        .addQuality(quality)
        .build();
  }
}
