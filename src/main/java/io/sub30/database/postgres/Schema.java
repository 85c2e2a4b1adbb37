package io.sub30.database.postgres;

import io.sub30.config.ConfigException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
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

  private static final int OLDEST = 17;

  private Schema() {}

  /**
   * Migrates the server's schema.
   *
   * @throws ConfigException when the server cannot be reached, is too old or not durable, or a
   *     migration fails
   */
  public static void migrate(PostgresUri server) {
    try (Connection connection = connect(server)) {
      refuseOlder(server, connection.getMetaData().getDatabaseMajorVersion());
      refuseUnlessDurable(server, connection);
      RoleCheck.refuseWithoutRoles(server, connection);
    } catch (SQLException e) {
      throw new ConfigException(
          "postgres.uri: cannot use the server at " + server + ": " + e.getMessage(), e);
    }
    flyway(server);
    try (Connection connection = connect(server)) {
      refuseRolesThatBypass(server, connection);
      Partitions.ahead(connection);
    } catch (SQLException e) {
      throw new ConfigException(
          "postgres.uri: the schema at " + server + " cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * Sees to it that the coming weeks of the intake have a partition.
   *
   * @throws ConfigException when the server does not do it; rows go to the default partition then
   */
  public static void partitionsAhead(PostgresUri server) {
    try (Connection connection = connect(server)) {
      Partitions.ahead(connection);
    } catch (SQLException e) {
      throw new ConfigException(
          "postgres.uri: no partitions can be made at " + server + ": " + e.getMessage(), e);
    }
  }

  static Connection connect(PostgresUri server) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
  }

  private static void flyway(PostgresUri server) {
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

  /** Roles belong to the whole server, so somebody else may have made them, or changed them. */
  private static void refuseRolesThatBypass(PostgresUri server, Connection connection)
      throws SQLException {
    String sql =
        "select rolname from pg_roles where rolname = any (?) and (rolsuper or rolbypassrls)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      String[] names = Arrays.stream(Role.values()).map(Role::sqlName).toArray(String[]::new);
      statement.setArray(1, connection.createArrayOf("text", names));
      try (ResultSet bypassing = statement.executeQuery()) {
        if (bypassing.next()) {
          throw new ConfigException(
              "postgres.uri: the role "
                  + bypassing.getString(1)
                  + " of the server at "
                  + server
                  + " bypasses row-level security, so tenants would not be kept apart; it must have"
                  + " neither SUPERUSER nor BYPASSRLS");
        }
      }
    }
  }

  /** Older ones are not tested; 15 would fail over a privilege it does not know. */
  static void refuseOlder(PostgresUri server, int majorVersion) {
    if (majorVersion < OLDEST) {
      throw new ConfigException(
          "postgres.uri: the server at "
              + server
              + " is PostgreSQL "
              + majorVersion
              + "; it must be "
              + OLDEST
              + " or later");
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
