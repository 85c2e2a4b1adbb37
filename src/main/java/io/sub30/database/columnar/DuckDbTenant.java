package io.sub30.database.columnar;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.duckdb.DuckDBConnection;

/** All of one tenant in DuckDB; the caller's connection, the caller's transaction. */
final class DuckDbTenant {

  private DuckDbTenant() {}

  static TenantRows held(DuckDBConnection connection, String tenant) throws SQLException {
    return new TenantRows(
        count(connection, "ticks", tenant),
        count(connection, "bars", tenant),
        count(connection, "batches", tenant),
        count(connection, "relay_poison", tenant));
  }

  /** The tables' names are constants. */
  private static long count(DuckDBConnection connection, String table, String tenant)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT count(*) FROM " + table + " WHERE tenant = ?")) {
      select.setString(1, tenant);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  static TenantRows erase(DuckDBConnection connection, String tenant) throws SQLException {
    return new TenantRows(
        delete(connection, "ticks", tenant),
        delete(connection, "bars", tenant),
        delete(connection, "batches", tenant),
        delete(connection, "relay_poison", tenant));
  }

  private static long delete(DuckDBConnection connection, String table, String tenant)
      throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM " + table + " WHERE tenant = ?")) {
      delete.setString(1, tenant);
      return delete.executeUpdate();
    }
  }
}
