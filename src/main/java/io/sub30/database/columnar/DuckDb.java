package io.sub30.database.columnar;

import io.sub30.database.columnar.ColumnarException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections to one DuckDB file, with its limits and its schema. */
final class DuckDb {

  private static final String[] SCHEMA = {
    """
    CREATE TABLE IF NOT EXISTS batches(
      tenant VARCHAR NOT NULL, terminal VARCHAR NOT NULL, sequence BIGINT NOT NULL,
      ordinal BIGINT NOT NULL, ticks INTEGER NOT NULL, received_msc BIGINT NOT NULL)\
    """,
    """
    CREATE TABLE IF NOT EXISTS ticks(
      tenant VARCHAR NOT NULL, terminal VARCHAR NOT NULL, sequence BIGINT NOT NULL,
      idx INTEGER NOT NULL, symbol VARCHAR NOT NULL, time_msc BIGINT NOT NULL,
      bid DOUBLE NOT NULL, ask DOUBLE NOT NULL, last DOUBLE NOT NULL, volume DOUBLE NOT NULL,
      flags INTEGER NOT NULL, quality INTEGER NOT NULL, received_msc BIGINT NOT NULL)\
    """,
    """
    CREATE TABLE IF NOT EXISTS relay_watermark(
      source VARCHAR PRIMARY KEY, xid UBIGINT NOT NULL, id BIGINT NOT NULL)\
    """,
    """
    CREATE TABLE IF NOT EXISTS relay_poison(
      source VARCHAR NOT NULL, xid UBIGINT NOT NULL, id BIGINT NOT NULL, tenant VARCHAR NOT NULL,
      terminal VARCHAR NOT NULL, sequence BIGINT NOT NULL, reason VARCHAR NOT NULL)\
    """
  };

  /** Of data, as the engine and its appender name them; all others may pass. */
  private static final List<String> REFUSALS =
      List.of("Constraint Error", "constraint failed", "Conversion Error", "Out of Range Error");

  private static final Logger LOG = LoggerFactory.getLogger(DuckDb.class);

  private final Path file;
  private final Properties limits = new Properties();

  /**
   * Names the file; nothing is opened yet.
   *
   * @param memoryLimitBytes what the engine may hold; beyond it queries spill beside the file
   */
  DuckDb(Path file, long memoryLimitBytes) {
    this.file = file.toAbsolutePath();
    limits.setProperty("memory_limit", (memoryLimitBytes >> 20) + "MiB");
    // One: a query runs on the worker that asks and takes no core from the lanes.
    limits.setProperty("threads", "1");
    limits.setProperty("max_temp_directory_size", "2GiB");
    // Nothing is fetched from the network, whatever a statement names.
    limits.setProperty("autoinstall_known_extensions", "false");
    limits.setProperty("autoload_known_extensions", "false");
  }

  /** A connection to a file that has the schema. */
  DuckDBConnection connect() {
    DuckDBConnection connection = null;
    try {
      Files.createDirectories(file.getParent());
      connection =
          DriverManager.getConnection("jdbc:duckdb:" + file, limits).unwrap(DuckDBConnection.class);
      for (String statement : SCHEMA) {
        execute(connection, statement);
      }
      DuckDbBars.prepare(connection);
      return connection;
    } catch (IOException e) {
      throw new ColumnarException(Reason.FAILED, "columnar store " + file + ": " + e, e);
    } catch (SQLException e) {
      close(connection);
      throw named(e);
    } catch (ColumnarException e) {
      close(connection);
      throw e;
    }
  }

  /** The failure by its name. */
  ColumnarException named(SQLException e) {
    String message = String.valueOf(e.getMessage());
    // DuckDB gives neither SQL state nor code; this text is all there is.
    if (message.contains("Could not set lock on file")) {
      int pid = message.indexOf("(PID ");
      String holder = pid < 0 ? "" : " " + message.substring(pid, message.indexOf(')', pid) + 1);
      return new ColumnarException(
          Reason.HELD,
          "columnar store "
              + file
              + " is held by another process"
              + holder
              + "; only one may write it: stop that one or use another data folder",
          e);
    }
    boolean refused = REFUSALS.stream().anyMatch(message::contains);
    return new ColumnarException(
        refused ? Reason.REFUSED : Reason.FAILED, "columnar store " + file + ": " + message, e);
  }

  /** Runs a constant statement; nothing that came from outside is ever part of its text. */
  static void execute(DuckDBConnection connection, String statement) throws SQLException {
    try (Statement plain = connection.createStatement()) {
      plain.execute(statement);
    }
  }

  /** Closes a connection, whose open transaction is rolled back, or a statement. */
  static void close(@Nullable AutoCloseable open) {
    if (open == null) {
      return;
    }
    try {
      open.close();
    } catch (Exception e) {
      // What cannot even be closed was reported by the call that broke it.
      LOG.debug("closing what is broken", e);
    }
  }
}
