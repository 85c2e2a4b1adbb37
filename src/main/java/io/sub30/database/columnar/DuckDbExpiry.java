package io.sub30.database.columnar;

import io.sub30.config.RetentionConfig.Kept;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.duckdb.DuckDBConnection;

/**
 * One step of retention in DuckDB; within the caller's transaction. Ticks and batches go by when
 * they were received. Bars stay what the ticks that are left make of them: those of each minute
 * that lost a tick are made anew.
 */
final class DuckDbExpiry {

  /** Batches, and ticks, of one step at most; one batch always. */
  static final int STEP_BATCHES = 2_000;

  static final int STEP_TICKS = 200_000;

  private static final String BOUND =
      """
      SELECT max(received_msc) FROM (
        SELECT received_msc,
               sum(ticks) OVER (ORDER BY received_msc ROWS UNBOUNDED PRECEDING) AS ticks_so_far,
               row_number() OVER (ORDER BY received_msc) AS place
        FROM (SELECT received_msc, ticks FROM batches WHERE %s
              ORDER BY received_msc LIMIT %d))
      WHERE place = 1 OR ticks_so_far <= %d\
      """;

  private static final String MINUTE = "time_msc // 60000 * 60000";

  private static final String[] TEMPORARY = {
    "CREATE TEMP TABLE IF NOT EXISTS expired_minutes AS"
        + " SELECT tenant, terminal, symbol, open_msc FROM bars LIMIT 0",
    "DELETE FROM expired_minutes"
  };

  private static final String MINUTES =
      "INSERT INTO expired_minutes SELECT DISTINCT tenant, terminal, symbol, "
          + MINUTE
          + " FROM ticks WHERE quality & 1 = 0 AND ";

  private static final String BARS =
      "DELETE FROM bars USING expired_minutes AS e WHERE bars.tenant = e.tenant AND bars.terminal ="
          + " e.terminal AND bars.symbol = e.symbol AND bars.open_msc = e.open_msc";

  /** The range is named so that row groups of other times are not looked at. */
  private static final String BARS_AGAIN =
      DuckDbBars.ofTicks(
          "ticks SEMI JOIN expired_minutes AS e ON ticks.tenant = e.tenant AND ticks.terminal ="
              + " e.terminal AND ticks.symbol = e.symbol AND "
              + MINUTE
              + " = e.open_msc WHERE quality & 1 = 0 AND time_msc >= ? AND time_msc < ?");

  private final DuckDBConnection connection;
  private final Map<String, Long> named = new TreeMap<>();
  private final long othersBeforeMsc;

  DuckDbExpiry(DuckDBConnection connection, Kept kept, long nowMsc) {
    this.connection = connection;
    kept.tenants().keySet().forEach(tenant -> named.put(tenant, kept.beforeMsc(tenant, nowMsc)));
    this.othersBeforeMsc = kept.othersBeforeMsc(nowMsc);
  }

  ExpiredRows step() throws SQLException {
    OptionalLong bound = bound();
    if (bound.isEmpty()) {
      return ExpiredRows.NONE;
    }
    for (String statement : TEMPORARY) {
      DuckDb.execute(connection, statement);
    }
    upTo(bound.getAsLong(), MINUTES);
    long ticks = upTo(bound.getAsLong(), "DELETE FROM ticks WHERE ");
    long batches = upTo(bound.getAsLong(), "DELETE FROM batches WHERE ");
    DuckDb.execute(connection, BARS);
    makeBarsAgain();
    return new ExpiredRows(batches, ticks);
  }

  /** Of the step, by when its newest batch was received; empty when nothing has expired. */
  private OptionalLong bound() throws SQLException {
    String sql = BOUND.formatted(expired(), STEP_BATCHES, STEP_TICKS);
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      setExpired(select, 1);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        long bound = row.getLong(1);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(bound);
      }
    }
  }

  private long upTo(long boundMsc, String statement) throws SQLException {
    try (PreparedStatement change =
        connection.prepareStatement(statement + "received_msc <= ? AND " + expired())) {
      change.setLong(1, boundMsc);
      setExpired(change, 2);
      return change.executeUpdate();
    }
  }

  private void makeBarsAgain() throws SQLException {
    try (PreparedStatement range =
            connection.prepareStatement(
                "SELECT min(open_msc), max(open_msc) FROM expired_minutes");
        ResultSet row = range.executeQuery();
        PreparedStatement insert = connection.prepareStatement(BARS_AGAIN)) {
      row.next();
      insert.setLong(1, row.getLong(1));
      insert.setLong(2, row.getLong(2) + 60_000);
      insert.executeUpdate();
    }
  }

  /** Whether a row has expired, with parameters for every name and time. */
  private String expired() {
    return "received_msc < CASE tenant"
        + " WHEN ? THEN CAST(? AS BIGINT)".repeat(named.size())
        + (named.isEmpty() ? " WHEN '' THEN 0" : "")
        + " ELSE CAST(? AS BIGINT) END";
  }

  private void setExpired(PreparedStatement statement, int first) throws SQLException {
    int parameter = first;
    for (Map.Entry<String, Long> tenant : named.entrySet()) {
      statement.setString(parameter++, tenant.getKey());
      statement.setLong(parameter++, tenant.getValue());
    }
    statement.setLong(parameter, othersBeforeMsc);
  }
}
