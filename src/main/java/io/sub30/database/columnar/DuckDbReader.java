package io.sub30.database.columnar;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * The connection that reads, so that no reading waits for an append. Each of its few constant
 * statements is prepared once: to parse and plan takes longer than to look up a page of bars. After
 * a failure everything is dropped, and the next reading connects anew. Blocking; thread-safe, one
 * reading at a time.
 */
final class DuckDbReader {

  private final DuckDb duckDb;
  private final DuckDbLink link;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  DuckDbReader(DuckDb duckDb) {
    this.duckDb = duckDb;
    this.link = new DuckDbLink(duckDb);
  }

  /** What is done with a prepared statement. */
  @FunctionalInterface
  interface Reading<T> {
    T run(PreparedStatement statement) throws SQLException;
  }

  /** Readings of one snapshot. */
  @FunctionalInterface
  interface Snapshot<T> {
    T run() throws SQLException;
  }

  /**
   * One statement.
   *
   * @param query constant: every text is kept, prepared
   */
  synchronized <T> T read(String query, Reading<T> reading) {
    return orDiscarded(() -> reading.run(prepared(query)));
  }

  /** Several in one transaction, so of one snapshot. */
  synchronized <T> T inSnapshot(Snapshot<T> readings) {
    return orDiscarded(
        () -> {
          DuckDb.execute(link.get(), "BEGIN TRANSACTION");
          T result = readings.run();
          DuckDb.execute(link.get(), "COMMIT");
          return result;
        });
  }

  private <T> T orDiscarded(Snapshot<T> readings) {
    boolean answered = false;
    try {
      T result = readings.run();
      answered = true;
      return result;
    } catch (SQLException e) {
      throw duckDb.named(e);
    } finally {
      if (!answered) {
        discard();
      }
    }
  }

  private PreparedStatement prepared(String query) throws SQLException {
    PreparedStatement statement = prepared.get(query);
    if (statement == null) {
      statement = link.get().prepareStatement(query);
      prepared.put(query, statement);
    }
    return statement;
  }

  /** Drops the connection; the next reading makes another. */
  synchronized void discard() {
    prepared.values().forEach(DuckDb::close);
    prepared.clear();
    link.drop();
  }

  /** For good. */
  synchronized void close() {
    discard();
    link.close();
  }
}
