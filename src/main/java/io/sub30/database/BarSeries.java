package io.sub30.database;

import io.sub30.database.columnar.StoredBar;
import io.sub30.market.Quality;
import io.sub30.market.TickSlot;
import io.sub30.market.Timeframe;
import io.sub30.v1.Bar;
import io.sub30.v1.TickColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bars put together from M1 bars and from ticks that came after them, by the rule of the data
 * bridge: bars are made of mids, out-of-order ticks are left out, and a minute without ticks has
 * none. Ticks are added in the order they were committed, so the last one closes its bar. Not
 * thread-safe.
 */
final class BarSeries {

  private final long fromMsc;
  private final long toMsc;
  private final TreeMap<Long, Minute> minutes = new TreeMap<>();

  private static final class Minute {
    double open;
    double high;
    double low;
    double close;
    long ticks;
  }

  /**
   * Bars that open from one moment to before another.
   *
   * @param fromMsc UTC milliseconds, inclusive
   * @param toMsc exclusive
   */
  BarSeries(long fromMsc, long toMsc) {
    this.fromMsc = fromMsc;
    this.toMsc = toMsc;
  }

  /** Adds a bar of one minute, in order of time and before any tick. */
  void add(StoredBar bar) {
    if (bar.openMsc() < fromMsc || bar.openMsc() >= toMsc) {
      return;
    }
    Minute minute = new Minute();
    minute.open = bar.open();
    minute.high = bar.high();
    minute.low = bar.low();
    minute.close = bar.close();
    minute.ticks = bar.ticks();
    minutes.put(bar.openMsc(), minute);
  }

  /** Adds the ticks of a batch that are of the symbol. */
  void add(TickColumns ticks, String symbol) {
    int wanted = ticks.getSymbolsList().indexOf(symbol);
    for (int i = 0; wanted >= 0 && i < ticks.getTimeMscCount(); i++) {
      if (ticks.getSymbol(i) == wanted && (ticks.getQuality(i) & Quality.OUT_OF_ORDER) == 0) {
        add(ticks.getTimeMsc(i), TickSlot.mid(ticks.getBid(i), ticks.getAsk(i), ticks.getLast(i)));
      }
    }
  }

  private void add(long timeMsc, double mid) {
    if (timeMsc < fromMsc || timeMsc >= toMsc || !(mid > 0)) {
      return;
    }
    Minute minute = minutes.computeIfAbsent(Timeframe.M1.floor(timeMsc), open -> new Minute());
    if (minute.ticks == 0) {
      minute.open = mid;
      minute.high = mid;
      minute.low = mid;
    }
    minute.high = Math.max(minute.high, mid);
    minute.low = Math.min(minute.low, mid);
    minute.close = mid;
    minute.ticks++;
  }

  /** The bars of a timeframe, oldest first. */
  List<Bar> of(Timeframe timeframe) {
    List<Bar> bars = new ArrayList<>();
    Bar.Builder bar = Bar.newBuilder();
    for (Map.Entry<Long, Minute> each : minutes.entrySet()) {
      long openMsc = timeframe.floor(each.getKey());
      Minute minute = each.getValue();
      if (bar.getTicks() > 0 && openMsc != bar.getOpenMsc()) {
        bars.add(bar.build());
        bar.clear();
      }
      if (bar.getTicks() == 0) {
        bar.setOpenMsc(openMsc).setOpen(minute.open).setHigh(minute.high).setLow(minute.low);
      }
      bar.setHigh(Math.max(bar.getHigh(), minute.high))
          .setLow(Math.min(bar.getLow(), minute.low))
          .setClose(minute.close)
          .setTicks(bar.getTicks() + minute.ticks);
    }
    if (bar.getTicks() > 0) {
      bars.add(bar.build());
    }
    return bars;
  }
}
