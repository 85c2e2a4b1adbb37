package io.sub30.database.postgres;

import io.sub30.config.ConfigException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Removes a tenant from the system of record, as {@link Role#KEEPER} and in steps of at most
 * {@value #STEP} rows, each a transaction of its own. The cell goes first: a commit joins its
 * tenant's cell, so nothing can be added behind the erasure's back. The keys go after the batches:
 * when it is interrupted, no sequence is taken for a new one. Blocking; on a connection of its own.
 */
public final class TenantErasure implements AutoCloseable {

  static final int STEP = 5_000;

  /** In the order in which they are emptied. */
  static final List<String> TABLES =
      List.of(
          "cells", "cell_checkpoints", "signals", "tick_batches", "batch_keys", "retained_marks");

  /** The lanes' connections, by the name their client gives itself. */
  private static final String LANES =
      "select count(*) from pg_stat_activity where datname = current_database() and"
          + " application_name = 'vertx-pg-client'";

  /** By the intake's key: a step looks into each week once, not once for each row. */
  private static final String BATCHES =
      "delete from tick_batches where tenant = ? and ordinal <= (select max(ordinal) from (select"
          + " ordinal from tick_batches where tenant = ? order by ordinal limit "
          + STEP
          + ") step)";

  private final Connection connection;

  private TenantErasure(Connection connection) {
    this.connection = connection;
  }

  /**
   * Connects to a server whose schema is up to date.
   *
   * @throws ConfigException when it cannot be reached, or lanes of a running server are connected
   */
  public static TenantErasure open(PostgresUri server) {
    try {
      Connection connection = Schema.connect(server);
      try (Statement statement = connection.createStatement()) {
        refuseWhileServed(server, statement);
        statement.execute("set role " + Role.KEEPER.sqlName());
        return new TenantErasure(connection);
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw failed(server.toString(), e);
    }
  }

  private static ConfigException failed(String where, SQLException e) {
    return new ConfigException("postgres.uri: erasing at " + where + ": " + e.getMessage(), e);
  }

  private static void refuseWhileServed(PostgresUri server, Statement statement)
      throws SQLException {
    try (ResultSet rows = statement.executeQuery(LANES)) {
      rows.next();
      if (rows.getLong(1) > 0) {
        throw new ConfigException(
            "postgres.uri: a sub30 server works on "
                + server
                + " ("
                + rows.getLong(1)
                + " connections); stop it before a tenant is erased");
      }
    }
  }

  /** Rows of the tenant in each table. */
  public Map<String, Long> held(String tenant) {
    return each(
        table -> {
          try (PreparedStatement count =
              connection.prepareStatement("select count(*) from " + table + " where tenant = ?")) {
            count.setString(1, tenant);
            try (ResultSet rows = count.executeQuery()) {
              rows.next();
              return rows.getLong(1);
            }
          }
        });
  }

  /** Removes the tenant; the rows removed from each table, none the second time. */
  public Map<String, Long> erase(String tenant) {
    return each(
        table -> table.equals("tick_batches") ? eraseBatches(tenant) : erase(table, tenant));
  }

  private long eraseBatches(String tenant) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(BATCHES)) {
      delete.setString(1, tenant);
      delete.setString(2, tenant);
      return repeat(delete);
    }
  }

  /** The tables' names are constants. */
  private long erase(String table, String tenant) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "delete from "
                + table
                + " where ctid = any (array(select ctid from "
                + table
                + " where tenant = ? limit "
                + STEP
                + "))")) {
      delete.setString(1, tenant);
      return repeat(delete);
    }
  }

  private static long repeat(PreparedStatement delete) throws SQLException {
    long removed = 0;
    for (long step = delete.executeUpdate(); step > 0; step = delete.executeUpdate()) {
      removed += step;
    }
    return removed;
  }

  /** What is done with one table. */
  @FunctionalInterface
  private interface OnTable {
    long run(String table) throws SQLException;
  }

  private Map<String, Long> each(OnTable action) {
    Map<String, Long> rows = new LinkedHashMap<>();
    for (String table : TABLES) {
      try {
        rows.put(table, action.run(table));
      } catch (SQLException e) {
        throw failed("table " + table, e);
      }
    }
    return rows;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed("the end", e);
    }
  }
}
