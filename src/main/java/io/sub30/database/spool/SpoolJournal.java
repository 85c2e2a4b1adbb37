package io.sub30.database.spool;

import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.config.ConfigException;
import io.sub30.database.BatchWriter.Write;
import io.sub30.v1.StoreRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file behind the spool: an SQLite database whose every transaction is synced before it counts
 * ({@code journal_mode=WAL} with {@code synchronous=FULL} syncs the log at each commit, see
 * sqlite.org/pragma.html). Blocking; one thread at a time.
 */
final class SpoolJournal implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SpoolJournal.class);

  private static final String[] SCHEMA = {
    "create table if not exists batches (id integer primary key autoincrement, tenant text not"
        + " null, terminal text not null, sequence integer not null, spooled_msc integer not null,"
        + " request blob not null, unique (tenant, terminal, sequence))",
    "create table if not exists set_aside (id integer primary key, tenant text not null, terminal"
        + " text not null, sequence integer not null, spooled_msc integer not null, request blob"
        + " not null, reason text not null)"
  };

  /** A page of batches ends with the one that reaches this. */
  private static final long PAGE_BYTES = 4 << 20;

  private final Path file;
  private final Connection connection;

  private SpoolJournal(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /**
   * The journal in this file, created when it is missing.
   *
   * @throws ConfigException when it cannot be used, or another process has it
   */
  static SpoolJournal open(Path file) {
    Properties settings = new Properties();
    settings.setProperty("journal_mode", "WAL");
    settings.setProperty("synchronous", "FULL");
    settings.setProperty("locking_mode", "EXCLUSIVE");
    settings.setProperty("busy_timeout", "0");
    try {
      Files.createDirectories(file.getParent());
      Connection connection =
          DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath(), settings);
      try (Statement statement = connection.createStatement()) {
        for (String table : SCHEMA) {
          statement.execute(table);
        }
      }
      connection.setAutoCommit(false);
      return new SpoolJournal(file, connection);
    } catch (IOException | SQLException e) {
      throw new ConfigException("the spool " + file + " cannot be used: " + e.getMessage(), e);
    }
  }

  /** Batches that wait, oldest first: so many at most, and fewer when they are large. */
  List<SpoolEntry> contents(long afterId, int limit) throws SQLException {
    List<SpoolEntry> entries = new ArrayList<>();
    long bytes = 0;
    try (PreparedStatement select =
        connection.prepareStatement(
            "select id, tenant, spooled_msc, request from batches where id > ? order by id limit"
                + " ?")) {
      select.setLong(1, afterId);
      select.setInt(2, limit);
      try (ResultSet row = select.executeQuery()) {
        while (bytes < PAGE_BYTES && row.next()) {
          SpoolEntry entry =
              new SpoolEntry(
                  row.getLong(1), row.getString(2), row.getLong(3), parse(row.getBytes(4)));
          entries.add(entry);
          bytes += entry.bytes();
        }
      }
    }
    connection.commit();
    return entries;
  }

  /** Number and bytes of the batches that were set aside. */
  long[] setAside() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select count(*), coalesce(sum(length(request)), 0) from set_aside")) {
      row.next();
      return new long[] {row.getLong(1), row.getLong(2)};
    } finally {
      connection.commit();
    }
  }

  /** Writes all of them in one transaction; they are on the disk when this returns. */
  void append(List<Write> group, long nowMsc) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into batches (tenant, terminal, sequence, spooled_msc, request) values (?, ?,"
                + " ?, ?, ?)")) {
      for (Write write : group) {
        insert.setString(1, write.tenant());
        insert.setString(2, write.request().getTerminal());
        insert.setLong(3, write.request().getSequence());
        insert.setLong(4, nowMsc);
        insert.setBytes(5, write.request().toByteArray());
        insert.addBatch();
      }
      insert.executeBatch();
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
  }

  Optional<StoreRequest> find(String tenant, String terminal, long sequence) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select request from batches where tenant = ? and terminal = ? and sequence = ?")) {
      select.setString(1, tenant);
      select.setString(2, terminal);
      select.setLong(3, sequence);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(parse(row.getBytes(1))) : Optional.empty();
      }
    } finally {
      connection.commit();
    }
  }

  /** Forgets what the system of record has. */
  void remove(List<SpoolEntry> entries) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("delete from batches where id = ?")) {
      for (SpoolEntry entry : entries) {
        delete.setLong(1, entry.id());
        delete.addBatch();
      }
      delete.executeBatch();
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
  }

  /** Keeps a batch that the system of record will never take, out of the way of the others. */
  void setAside(SpoolEntry entry, String reason) throws SQLException {
    try (PreparedStatement copy =
            connection.prepareStatement(
                "insert into set_aside select id, tenant, terminal, sequence, spooled_msc, request,"
                    + " ? from batches where id = ?");
        PreparedStatement delete =
            connection.prepareStatement("delete from batches where id = ?")) {
      copy.setString(1, reason);
      copy.setLong(2, entry.id());
      copy.executeUpdate();
      delete.setLong(1, entry.id());
      delete.executeUpdate();
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
  }

  private StoreRequest parse(byte[] bytes) throws SQLException {
    try {
      return StoreRequest.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new SQLException("the spool " + file + " holds what is not a batch", e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      log.warn("the spool was not closed in order, which its next opening makes up for", e);
    }
  }
}
