package io.sub30.database.columnar;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.duckdb.DuckDBConnection;

/** The history queries of DuckDB: ticks, M1 bars of their mid prices, and the last quote. */
final class SeriesStatements {

  private static final String OF_ONE_SERIES =
      " FROM ticks WHERE tenant = ? AND terminal = ? AND symbol = ? AND time_msc >= ? AND time_msc"
          + " < ?";

  private static final String TICK =
      "SELECT sequence, idx, time_msc, bid, ask, last, volume, flags, quality, received_msc";

  private static final String TICKS =
      TICK + OF_ONE_SERIES + " ORDER BY time_msc, sequence, idx LIMIT ?";

  /** The tick that closed the newest bar, by its key. */
  private static final String LAST_KEY =
      "SELECT last_msc, last_sequence, last_idx FROM bars WHERE tenant = ? AND terminal = ?"
          + " AND symbol = ? ORDER BY open_msc DESC LIMIT 1";

  private static final String TICK_BY_KEY =
      TICK
          + " FROM ticks WHERE tenant = ? AND terminal = ? AND symbol = ? AND time_msc = ?"
          + " AND sequence = ? AND idx = ? LIMIT 1";

  /** Bars that open in a range. */
  private static final String BARS =
      "SELECT open_msc, open, high, low, close, ticks FROM bars WHERE tenant = ? AND terminal = ?"
          + " AND symbol = ? AND open_msc >= ? AND open_msc < ? ORDER BY open_msc LIMIT ?";

  /** Bars of exactly the ticks in a range; what {@link BlockBars} computes. */
  private static final String BARS_OF_TICKS =
      "SELECT time_msc // 60000 * 60000 AS open_msc,"
          + " first(mid ORDER BY time_msc, sequence, idx), max(mid), min(mid),"
          + " last(mid ORDER BY time_msc, sequence, idx), count(*)"
          + " FROM (SELECT time_msc, sequence, idx,"
          + " CASE WHEN bid > 0 AND ask > 0 THEN (bid + ask) / 2 ELSE last END AS mid"
          + OF_ONE_SERIES
          + " AND quality & 1 = 0)"
          + " WHERE mid > 0 GROUP BY open_msc ORDER BY open_msc LIMIT ?";

  private SeriesStatements() {}

  static List<StoredTick> ticks(DuckDBConnection connection, SeriesQuery query)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(TICKS)) {
      bind(select, query);
      return ticks(select);
    }
  }

  private static List<StoredTick> ticks(PreparedStatement select) throws SQLException {
    List<StoredTick> ticks = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        ticks.add(
            new StoredTick(
                row.getLong(1),
                row.getInt(2),
                row.getLong(3),
                row.getDouble(4),
                row.getDouble(5),
                row.getDouble(6),
                row.getDouble(7),
                row.getInt(8),
                row.getInt(9),
                row.getLong(10)));
      }
    }
    return ticks;
  }

  /** Bars that open in a range. */
  static List<StoredBar> bars(DuckDBConnection connection, SeriesQuery query) throws SQLException {
    return bars(connection, BARS, query);
  }

  /** Bars of exactly the ticks in a range. */
  static List<StoredBar> barsOfTicks(DuckDBConnection connection, SeriesQuery query)
      throws SQLException {
    return bars(connection, BARS_OF_TICKS, query);
  }

  private static List<StoredBar> bars(DuckDBConnection connection, String text, SeriesQuery query)
      throws SQLException {
    List<StoredBar> bars = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(text)) {
      bind(select, query);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          bars.add(
              new StoredBar(
                  row.getLong(1),
                  row.getDouble(2),
                  row.getDouble(3),
                  row.getDouble(4),
                  row.getDouble(5),
                  row.getLong(6)));
        }
      }
    }
    return bars;
  }

  /** The tick that closed the newest bar of a series; empty when it has none. */
  static Optional<StoredTick> lastQuote(DuckDBConnection connection, String... series)
      throws SQLException {
    try (PreparedStatement key = connection.prepareStatement(LAST_KEY);
        PreparedStatement tick = connection.prepareStatement(TICK_BY_KEY)) {
      bind(key, series);
      try (ResultSet row = key.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        bind(tick, series);
        for (int i = 1; i <= 3; i++) {
          tick.setLong(series.length + i, row.getLong(i));
        }
      }
      return ticks(tick).stream().findFirst();
    }
  }

  private static void bind(PreparedStatement statement, String... texts) throws SQLException {
    for (int i = 0; i < texts.length; i++) {
      statement.setString(i + 1, texts[i]);
    }
  }

  private static void bind(PreparedStatement statement, SeriesQuery query) throws SQLException {
    statement.setString(1, query.tenant());
    statement.setString(2, query.terminal());
    statement.setString(3, query.symbol());
    statement.setLong(4, query.fromMsc());
    statement.setLong(5, query.toMsc());
    statement.setInt(6, query.limit());
  }
}
