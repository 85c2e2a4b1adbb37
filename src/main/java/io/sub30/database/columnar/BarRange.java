package io.sub30.database.columnar;

import io.sub30.market.Timeframe;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Splits a query of bars: whole minutes are read from stored bars, and the minutes that the range
 * begins or ends within from the ticks that lie in it.
 */
final class BarRange {

  private BarRange() {}

  /**
   * Answers a query.
   *
   * @param fromTicks bars of exactly the ticks in a range
   * @param fromBars bars that open in a range
   * @return oldest first, at most as many as asked for
   */
  static List<StoredBar> read(
      SeriesQuery query,
      Function<SeriesQuery, List<StoredBar>> fromTicks,
      Function<SeriesQuery, List<StoredBar>> fromBars) {
    long wholeFrom = Timeframe.M1.ceiling(query.fromMsc());
    long wholeTo = Timeframe.M1.floor(query.toMsc());
    if (wholeFrom >= wholeTo) {
      return fromTicks.apply(query);
    }
    List<StoredBar> bars = new ArrayList<>();
    add(bars, query, query.fromMsc(), wholeFrom, fromTicks);
    add(bars, query, wholeFrom, wholeTo, fromBars);
    add(bars, query, wholeTo, query.toMsc(), fromTicks);
    return bars;
  }

  private static void add(
      List<StoredBar> bars,
      SeriesQuery query,
      long fromMsc,
      long toMsc,
      Function<SeriesQuery, List<StoredBar>> source) {
    int left = query.limit() - bars.size();
    if (fromMsc < toMsc && left > 0) {
      bars.addAll(
          source.apply(
              new SeriesQuery(
                  query.tenant(), query.terminal(), query.symbol(), fromMsc, toMsc, left)));
    }
  }
}
