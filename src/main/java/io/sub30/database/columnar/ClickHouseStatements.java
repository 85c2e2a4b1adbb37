package io.sub30.database.columnar;

import java.util.ArrayList;
import java.util.List;

/**
 * The queries of ClickHouse and how their answers are read. Rows may be there more than once until
 * the server has merged them, so each query counts once by itself: {@code FINAL} over ticks and
 * batches, {@code LIMIT 1 BY} over the parts of bars, which is as quick and holds the same on all
 * releases.
 */
final class ClickHouseStatements {

  static final String FORMAT = " FORMAT RowBinary";

  private static final String TICK =
      "SELECT sequence, idx, time_msc, bid, ask, last, volume, flags, quality, received_msc"
          + " FROM ticks FINAL WHERE ";

  static final String WATERMARK =
      "SELECT source, xid, id FROM relay_watermark ORDER BY xid DESC, id DESC LIMIT 16" + FORMAT;

  static final String SET_ASIDE =
      "SELECT toInt64(uniqExact(source, xid, id)) FROM relay_poison" + FORMAT;

  static final String DUPLICATES =
      "SELECT toInt64(count()) FROM (SELECT tenant, terminal, sequence, sum(times) AS held,"
          + " sum(claimed) AS expected, sum(present) AS found, sum(indexes) AS distinct_found FROM"
          + " (SELECT tenant, terminal, sequence, toInt64(1) AS times, toInt64(ticks) AS claimed,"
          + " toInt64(0) AS present, toInt64(0) AS indexes FROM batches FINAL UNION ALL SELECT"
          + " tenant, terminal, sequence, toInt64(0) AS times, toInt64(0) AS claimed,"
          + " toInt64(count()) AS present, toInt64(uniqExact(idx)) AS indexes FROM ticks FINAL"
          + " GROUP BY tenant, terminal, sequence) GROUP BY tenant, terminal, sequence HAVING held"
          + " != 1 OR expected != found OR expected != distinct_found)"
          + FORMAT;

  /** The tables that have a tenant. */
  static final List<String> OF_TENANTS = List.of("ticks", "bars", "batches", "relay_poison");

  private ClickHouseStatements() {}

  static String ofTenant(String tenant) {
    return "tenant = " + SqlLiteral.of(tenant);
  }

  static String held(String table, String tenant) {
    return "SELECT toInt64(count()) FROM " + table + " FINAL WHERE " + ofTenant(tenant) + FORMAT;
  }

  static String count(String table, String tenant, String terminal) {
    return "SELECT toInt64(count()) FROM "
        + table
        + " FINAL WHERE tenant = "
        + SqlLiteral.of(tenant)
        + " AND terminal = "
        + SqlLiteral.of(terminal)
        + FORMAT;
  }

  static String ticks(SeriesQuery query) {
    return TICK
        + series(query.tenant(), query.terminal(), query.symbol())
        + range("time_msc", query)
        + " ORDER BY time_msc, sequence, idx LIMIT "
        + query.limit()
        + FORMAT;
  }

  static String tick(String tenant, String terminal, String symbol, long[] key) {
    return TICK
        + series(tenant, terminal, symbol)
        + " AND time_msc = "
        + key[0]
        + " AND sequence = "
        + key[1]
        + " AND idx = "
        + key[2]
        + " LIMIT 1"
        + FORMAT;
  }

  /** The tick that closed the newest bar, by its key. */
  static String lastKey(String tenant, String terminal, String symbol) {
    String series = series(tenant, terminal, symbol);
    return "SELECT last_msc, sequence, toInt64(last_idx) FROM bars WHERE "
        + series
        + " AND open_msc = (SELECT max(open_msc) FROM bars WHERE "
        + series
        + ") ORDER BY last_msc DESC, sequence DESC, last_idx DESC LIMIT 1"
        + FORMAT;
  }

  /**
   * Bars that open in a range. The rest of a row is read of those alone; and by one thread, since
   * to share so little out takes the server a quarter more processor time, and saves none.
   */
  static String bars(SeriesQuery query) {
    return "SELECT open_msc, argMin(open, (first_msc, sequence, first_idx)), max(high), min(low),"
        + " argMax(close, (last_msc, sequence, last_idx)), toInt64(sum(ticks)) FROM ("
        + "SELECT open_msc, sequence, open, high, low, close, ticks, first_msc, first_idx,"
        + " last_msc, last_idx FROM bars PREWHERE "
        + series(query.tenant(), query.terminal(), query.symbol())
        + range("open_msc", query)
        + " LIMIT 1 BY open_msc, sequence) GROUP BY open_msc ORDER BY open_msc LIMIT "
        + query.limit()
        + " SETTINGS max_threads = 1"
        + FORMAT;
  }

  /** Bars of exactly the ticks in a range; what {@link BlockBars} computes. */
  static String barsOfTicks(SeriesQuery query) {
    return "SELECT intDiv(time_msc, 60000) * 60000 AS open_msc,"
        + " argMin(mid, (time_msc, sequence, idx)), max(mid), min(mid),"
        + " argMax(mid, (time_msc, sequence, idx)), toInt64(count()) FROM ("
        + "SELECT time_msc, sequence, idx,"
        + " if(bid > 0 AND ask > 0, (bid + ask) / 2, last) AS mid FROM ticks FINAL WHERE "
        + series(query.tenant(), query.terminal(), query.symbol())
        + range("time_msc", query)
        + " AND bitAnd(quality, 1) = 0) WHERE mid > 0"
        + " GROUP BY open_msc ORDER BY open_msc LIMIT "
        + query.limit()
        + FORMAT;
  }

  private static String series(String tenant, String terminal, String symbol) {
    return "tenant = "
        + SqlLiteral.of(tenant)
        + " AND terminal = "
        + SqlLiteral.of(terminal)
        + " AND symbol = "
        + SqlLiteral.of(symbol);
  }

  private static String range(String column, SeriesQuery query) {
    return " AND " + column + " >= " + query.fromMsc() + " AND " + column + " < " + query.toMsc();
  }

  static List<StoredTick> readTicks(RowBinaryAnswer answer) {
    List<StoredTick> ticks = new ArrayList<>();
    while (answer.hasRow()) {
      ticks.add(
          new StoredTick(
              answer.int64(),
              answer.int32(),
              answer.int64(),
              answer.float64(),
              answer.float64(),
              answer.float64(),
              answer.float64(),
              answer.int32(),
              answer.int32(),
              answer.int64()));
    }
    return ticks;
  }

  static List<StoredBar> readBars(RowBinaryAnswer answer) {
    List<StoredBar> bars = new ArrayList<>();
    while (answer.hasRow()) {
      bars.add(
          new StoredBar(
              answer.int64(),
              answer.float64(),
              answer.float64(),
              answer.float64(),
              answer.float64(),
              answer.int64()));
    }
    return bars;
  }
}
