package io.sub30.database.columnar;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The two history queries of DuckDB: ticks, and M1 bars of their mid prices. */
final class SeriesStatements {

  private static final String OF_ONE_SERIES =
      " FROM ticks WHERE tenant = ? AND terminal = ? AND symbol = ? AND time_msc >= ? AND time_msc"
          + " < ?";

  static final String TICKS =
      "SELECT sequence, idx, time_msc, bid, ask, last, volume, flags, quality, received_msc"
          + OF_ONE_SERIES
          + " ORDER BY time_msc, sequence, idx LIMIT ?";

  /**
   * Out-of-order ticks (quality bit 1, {@code io.sub30.market.Quality}) are left out, as they are
   * from the bars the data bridge builds.
   */
  static final String BARS =
      "SELECT time_msc // 60000 * 60000 AS open_msc,"
          + " first(mid ORDER BY time_msc, sequence, idx), max(mid), min(mid),"
          + " last(mid ORDER BY time_msc, sequence, idx), count(*)"
          + " FROM (SELECT time_msc, sequence, idx,"
          + " CASE WHEN bid > 0 AND ask > 0 THEN (bid + ask) / 2 ELSE last END AS mid"
          + OF_ONE_SERIES
          + " AND quality & 1 = 0)"
          + " WHERE mid > 0 GROUP BY open_msc ORDER BY open_msc LIMIT ?";

  private SeriesStatements() {}

  static List<StoredTick> ticks(PreparedStatement statement, SeriesQuery query)
      throws SQLException {
    bind(statement, query);
    List<StoredTick> ticks = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
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

  static List<StoredBar> bars(PreparedStatement statement, SeriesQuery query) throws SQLException {
    bind(statement, query);
    List<StoredBar> bars = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
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
    return bars;
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
