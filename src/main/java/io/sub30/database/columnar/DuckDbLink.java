package io.sub30.database.columnar;

import io.sub30.database.columnar.ColumnarException.Reason;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/** A connection that is made when it is needed, and anew once dropped. Not thread-safe. */
final class DuckDbLink {

  private final DuckDb duckDb;
  private @Nullable DuckDBConnection connection;
  private boolean closed;

  DuckDbLink(DuckDb duckDb) {
    this.duckDb = duckDb;
  }

  /**
   * The open one, or a new one.
   *
   * @throws ColumnarException also when it was closed
   */
  DuckDBConnection get() {
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

  /** What was not committed over it is rolled back. */
  void drop() {
    DuckDb.close(connection);
    connection = null;
  }

  /** For good. */
  void close() {
    closed = true;
    drop();
  }
}
