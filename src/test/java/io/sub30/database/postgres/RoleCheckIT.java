package io.sub30.database.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.config.ConfigException;
import io.sub30.node.TestServers;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user who may not create roles, on a server that has none of ours, and on one that has. */
final class RoleCheckIT {

  @TempDir Path data;

  @Test
  void migrate_userWithoutCreaterole_isRefusedInOneLineUntilTheRolesAreGranted() throws Exception {
    try (TestServers.Server server = TestServers.postgres(data, 0)) {
      execute(
          server.uri(),
          "create role limited login password 'pass-word'",
          "create database limited owner limited");
      PostgresUri limited =
          new PostgresUri(
              URI.create(
                  "postgresql://limited:pass-word@127.0.0.1:"
                      + server.uri().getPort()
                      + "/limited"));

      assertRefused(limited, "may not create roles, and there is no sub30_writer, sub30_reader,");

      Schema.migrate(new PostgresUri(server.uri()));
      assertRefused(limited, "may not become sub30_writer, sub30_reader, sub30_cell, sub30_relay,");

      for (Role role : Role.values()) {
        if (role != Role.KEEPER) {
          grant(server.uri(), role);
        }
      }
      assertRefused(limited, "may not become sub30_keeper, which somebody else has made;");
      grant(server.uri(), Role.KEEPER);
      Schema.migrate(limited);
    }
  }

  private static void assertRefused(PostgresUri server, String why) {
    assertThatThrownBy(() -> Schema.migrate(server))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("postgres.uri: the user limited of the server at 127.0.0.1:")
        .hasMessageContaining(why)
        .hasMessageContaining("it must ")
        .satisfies(
            refused ->
                assertThat(refused.getMessage()).doesNotContain("\n").doesNotContain("pass-word"));
  }

  private static void grant(URI uri, Role role) throws SQLException {
    execute(uri, "grant " + role.sqlName() + " to limited with set true, inherit false");
  }

  private static void execute(URI uri, String... statements) throws SQLException {
    String[] login = uri.getUserInfo().split(":", 2);
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://" + new PostgresUri(uri), login[0], login[1]);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
