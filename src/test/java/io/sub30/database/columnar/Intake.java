package io.sub30.database.columnar;

import io.sub30.v1.TickColumns;
import io.vertx.pgclient.PgConnectOptions;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** The intake table on a real server, as the relay reads it, written through plain JDBC. */
final class Intake {

  private final URI uri;

  Intake(URI uri) {
    this.uri = uri;
  }

  /** With an empty table. */
  Intake fresh() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS tick_batches");
      statement.execute(
          """
          CREATE TABLE tick_batches (
            id bigint GENERATED ALWAYS AS IDENTITY,
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
            tenant text NOT NULL, terminal text NOT NULL, sequence bigint NOT NULL,
            ordinal bigint NOT NULL, received_msc bigint NOT NULL, tick_count int NOT NULL,
            ticks bytea NOT NULL)\
          """);
      statement.execute("CREATE INDEX ON tick_batches (xid, id)");
    }
    return this;
  }

  PgConnectOptions options() {
    String[] login = uri.getUserInfo().split(":", 2);
    return new PgConnectOptions()
        .setHost(uri.getHost())
        .setPort(uri.getPort())
        .setUser(login[0])
        .setPassword(login[1])
        .setDatabase(uri.getPath().substring(1));
  }

  Connection connect() throws SQLException {
    PgConnectOptions options = options();
    return DriverManager.getConnection(
        "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath(),
        options.getUser(),
        options.getPassword());
  }

  /** Inserts batches from one sequence to another, inclusive, each of so many ticks. */
  static void insert(Connection connection, String terminal, long from, long to, int ticks)
      throws SQLException {
    TickColumns columns = Samples.columns(ticks, Samples.MINUTE_MSC);
    insert(connection, terminal, from, to, ticks, columns.toByteArray());
  }

  static void insert(
      Connection connection, String terminal, long from, long to, int count, byte[] ticks)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO tick_batches"
                + "(tenant, terminal, sequence, ordinal, received_msc, tick_count, ticks)"
                + " VALUES ('acme', ?, ?, ?, ?, ?, ?)")) {
      for (long sequence = from; sequence <= to; sequence++) {
        statement.setString(1, terminal);
        statement.setLong(2, sequence);
        statement.setLong(3, sequence);
        statement.setLong(4, Samples.MINUTE_MSC);
        statement.setInt(5, count);
        statement.setBytes(6, ticks);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }
}
