package io.sub30.database.postgres;

import io.sub30.config.ConfigException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Brings the schema up to date and refuses a server that could lose what it acknowledged. Blocking:
 * call it on a worker.
 */
public final class Schema {

  private static final String[] DURABLE_SETTINGS = {
    "fsync", "full_page_writes", "synchronous_commit"
  };

  private Schema() {}

  /**
   * Migrates the server's schema.
   *
   * @throws ConfigException when the server cannot be reached, is not durable, or a migration fails
   */
  public static void migrate(PostgresUri server) {
    try (Connection connection =
        DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password())) {
      refuseUnlessDurable(server, connection);
    } catch (SQLException e) {
      throw new ConfigException(
          "postgres.uri: cannot use the server at " + server + ": " + e.getMessage(), e);
    }
    try {
      Flyway.configure()
          .dataSource(server.jdbcUrl(), server.user(), server.password())
          .locations("classpath:db/migration")
          .loggers("slf4j")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new ConfigException(
          "postgres.uri: the schema at " + server + " cannot be migrated: " + e.getMessage(), e);
    }
  }

  private static void refuseUnlessDurable(PostgresUri server, Connection connection)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String setting : DURABLE_SETTINGS) {
        try (ResultSet shown = statement.executeQuery("show " + setting)) {
          shown.next();
          String value = shown.getString(1);
          if (value.equals("off")) {
            throw new ConfigException(
                "postgres.uri: the server at "
                    + server
                    + " has "
                    + setting
                    + " off, so it could lose acknowledged batches; it must be on");
          }
        }
      }
    }
  }
}
