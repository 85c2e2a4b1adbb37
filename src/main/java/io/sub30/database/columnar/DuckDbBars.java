package io.sub30.database.columnar;

import io.sub30.database.columnar.ColumnarException.Reason;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * The M1 bars in DuckDB, kept up to date in the transaction that appends their ticks, so that they
 * are those ticks' bars at every moment.
 */
final class DuckDbBars {

  /** Of the file's tables: 1 added the bars; files from before have no version. */
  private static final int VERSION = 1;

  private static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS bars(
        tenant VARCHAR NOT NULL, terminal VARCHAR NOT NULL, symbol VARCHAR NOT NULL,
        open_msc BIGINT NOT NULL, open DOUBLE NOT NULL, high DOUBLE NOT NULL, low DOUBLE NOT NULL,
        close DOUBLE NOT NULL, ticks BIGINT NOT NULL, first_msc BIGINT NOT NULL,
        first_sequence BIGINT NOT NULL, first_idx INTEGER NOT NULL, last_msc BIGINT NOT NULL,
        last_sequence BIGINT NOT NULL, last_idx INTEGER NOT NULL)\
      """;

  private static final String OF_TICKS =
      """
      INSERT INTO bars
      SELECT tenant, terminal, symbol, time_msc // 60000 * 60000 AS open_msc,
             arg_min(mid, key), max(mid), min(mid), arg_max(mid, key), count(*),
             min(key).t, min(key).s, min(key).i, max(key).t, max(key).s, max(key).i
      FROM (SELECT *, {'t': time_msc, 's': sequence, 'i': idx} AS key,
                   CASE WHEN bid > 0 AND ask > 0 THEN (bid + ask) / 2 ELSE last END AS mid
            FROM %s)
      WHERE mid > 0 GROUP BY tenant, terminal, symbol, open_msc\
      """;

  private static final String OF_STORED_TICKS = ofTicks("ticks WHERE quality & 1 = 0");

  private static final String EARLIER =
      "(part.first_msc, part.first_sequence, part.first_idx)"
          + " < (bars.first_msc, bars.first_sequence, bars.first_idx)";

  private static final String LATER =
      "(part.last_msc, part.last_sequence, part.last_idx)"
          + " > (bars.last_msc, bars.last_sequence, bars.last_idx)";

  /** The range of the parts is named so that older row groups are not looked at. */
  private static final String MERGE =
      "MERGE INTO bars USING block_bars AS part"
          + " ON bars.tenant = part.tenant AND bars.terminal = part.terminal"
          + " AND bars.symbol = part.symbol AND bars.open_msc = part.open_msc"
          + " AND bars.open_msc BETWEEN ? AND ?"
          + " WHEN MATCHED THEN UPDATE SET high = greatest(bars.high, part.high),"
          + " low = least(bars.low, part.low), ticks = bars.ticks + part.ticks"
          + taken(EARLIER, "open", "first_msc", "first_sequence", "first_idx")
          + taken(LATER, "close", "last_msc", "last_sequence", "last_idx")
          + " WHEN NOT MATCHED THEN INSERT BY POSITION";

  private DuckDbBars() {}

  /** Inserts the bars of ticks: those that a constant {@code FROM} clause names. */
  static String ofTicks(String from) {
    return OF_TICKS.formatted(from);
  }

  private static String taken(String when, String... columns) {
    StringBuilder set = new StringBuilder();
    for (String column : columns) {
      set.append(", ").append(column).append(" = CASE WHEN ").append(when);
      set.append(" THEN part.").append(column).append(" ELSE bars.").append(column).append(" END");
    }
    return set.toString();
  }

  /** Makes a connection ready to merge; a file that has ticks and no bars yet gets them. */
  static void prepare(DuckDBConnection connection) throws SQLException {
    DuckDb.execute(connection, "CREATE TABLE IF NOT EXISTS schema_version(version INTEGER)");
    int version = version(connection);
    if (version > VERSION) {
      throw new ColumnarException(
          Reason.FAILED,
          "the columnar store's tables are of version "
              + version
              + ", this program knows "
              + VERSION
              + ": run the newer program, or move the columnar folder away (it is rebuilt)");
    }
    if (version < VERSION) {
      DuckDb.execute(connection, "BEGIN TRANSACTION");
      DuckDb.execute(connection, TABLE);
      DuckDb.execute(connection, OF_STORED_TICKS);
      DuckDb.execute(connection, "INSERT INTO schema_version VALUES (" + VERSION + ")");
      DuckDb.execute(connection, "COMMIT");
    }
    DuckDb.execute(connection, "CREATE TEMP TABLE block_bars AS FROM bars LIMIT 0");
  }

  private static int version(DuckDBConnection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT coalesce(max(version), 0) FROM schema_version")) {
      row.next();
      return row.getInt(1);
    }
  }

  /** Adds what a block's ticks make of the bars; within the transaction that appends them. */
  static void merge(DuckDBConnection connection, Block block) throws SQLException {
    Collection<BlockBars.Part> parts = BlockBars.of(block);
    if (parts.isEmpty()) {
      return;
    }
    DuckDb.execute(connection, "DELETE FROM block_bars");
    long from = Long.MAX_VALUE;
    long to = Long.MIN_VALUE;
    try (DuckDBAppender appender =
        connection.createAppender("temp", DuckDBConnection.DEFAULT_SCHEMA, "block_bars")) {
      for (BlockBars.Part part : parts) {
        append(appender, part);
        from = Math.min(from, part.key.openMsc());
        to = Math.max(to, part.key.openMsc());
      }
      appender.flush();
    }
    try (PreparedStatement merge = connection.prepareStatement(MERGE)) {
      merge.setLong(1, from);
      merge.setLong(2, to);
      merge.execute();
    }
  }

  private static void append(DuckDBAppender appender, BlockBars.Part part) throws SQLException {
    appender
        .beginRow()
        .append(part.key.tenant())
        .append(part.key.terminal())
        .append(part.key.symbol())
        .append(part.key.openMsc())
        .append(part.open)
        .append(part.high)
        .append(part.low)
        .append(part.close)
        .append(part.ticks)
        .append(part.firstMsc)
        .append(part.firstSequence)
        .append(part.firstIndex)
        .append(part.lastMsc)
        .append(part.lastSequence)
        .append(part.lastIndex)
        .endRow();
  }
}
