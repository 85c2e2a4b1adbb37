package io.sub30.database.columnar;

import io.sub30.database.columnar.ColumnarException.Reason;
import java.sql.SQLException;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is made when it is needed, and anew after a failure. Blocking; thread-safe, one
 * transaction at a time.
 *
 * <p>Readings are transactions as well. A plan holds what the engine knew of a table's values when
 * it was prepared, and is not made anew when rows come (up to DuckDB 1.5): kept for the next
 * reading, or overtaken by another connection's commit, it answers wrongly. What is planned within
 * a transaction sees the rows it was planned for.
 */
final class DuckDbLink {

  private final DuckDb duckDb;
  private @Nullable DuckDBConnection connection;
  private boolean closed;

  DuckDbLink(DuckDb duckDb) {
    this.duckDb = duckDb;
  }

  /** What is done in a transaction. */
  @FunctionalInterface
  interface Work<T> {
    T run(DuckDBConnection connection) throws SQLException;
  }

  /**
   * Connects, unless that was done.
   *
   * @throws ColumnarException also when it was closed
   */
  synchronized DuckDBConnection connect() {
    DuckDBConnection open = connection;
    if (open == null) {
      if (closed) {
        throw new ColumnarException(Reason.FAILED, "the columnar store is closed");
      }
      open = duckDb.connect();
      connection = open;
    }
    return open;
  }

  /** Does all of it or, when any of it fails, nothing, and drops the connection. */
  synchronized <T> T inTransaction(Work<T> work) {
    DuckDBConnection open = connect();
    boolean committed = false;
    try {
      DuckDb.execute(open, "BEGIN TRANSACTION");
      T result = work.run(open);
      DuckDb.execute(open, "COMMIT");
      committed = true;
      return result;
    } catch (SQLException e) {
      throw duckDb.named(e);
    } finally {
      if (!committed) {
        drop();
      }
    }
  }

  /** What was not committed over it is rolled back. */
  synchronized void drop() {
    DuckDb.close(connection);
    connection = null;
  }

  /** For good. */
  synchronized void close() {
    closed = true;
    drop();
  }
}
