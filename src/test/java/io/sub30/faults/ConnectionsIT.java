package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.client.Unacknowledged;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real PostgreSQL of whose connections others have taken every one, under load. */
@Tag("long")
class ConnectionsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long AWAY_MILLIS = Long.getLong("sub30.faults.away_ms", 1_500);
  private static final String TAKER = "taker";

  /** Few, so that they are soon taken. */
  private static final int MAX_CONNECTIONS = 40;

  private static final String OTHERS =
      " from pg_stat_activity where backend_type = 'client backend' and application_name <> '"
          + TAKER
          + "'";

  @TempDir private Path root = Path.of("");

  @Test
  void postgres_noConnectionLeft_nothingIsLostOrDoubled() throws Exception {
    try (FaultStage stage = FaultStage.in(root)) {
      stage.stopNode();
      try (Connection connection = connect(stage.postgres());
          Statement statement = connection.createStatement()) {
        statement.execute("alter system set max_connections = " + MAX_CONNECTIONS);
      }
      stage.stopPostgres();
      stage.startPostgres();
      stage.startNode();
      CountedLoad load = new CountedLoad(stage, "no-connections");

      List<Unacknowledged> open = load.loadWith(() -> takeAll(stage.postgres()));

      assertThat(open).as("batches that could not be stored meanwhile").isNotEmpty();
      load.resend(open);
      Evidence.write(
          "faults-no-connections.txt",
          List.of(
              "each of the %d connections of PostgreSQL taken: %d acknowledged before, %d refused"
                      .formatted(MAX_CONNECTIONS, load.atFault(), open.size())
                  + " or unanswered and sent again; "
                  + load.compare()));
    }
  }

  /** Takes what is free, ends what the node has, and takes that, until the node has none. */
  private static void takeAll(URI server) throws Exception {
    List<Connection> taken = new ArrayList<>();
    try {
      taken.add(connect(server));
      Connection first = taken.get(0);
      Awaitility.await("the node has no connection left")
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> {
                while (takes(server, taken)) {
                  assertThat(taken).hasSizeLessThanOrEqualTo(MAX_CONNECTIONS);
                }
                return number(first, "select count(pg_terminate_backend(pid))" + OTHERS) == 0;
              });
      Awaitility.await().pollDelay(Duration.ofMillis(AWAY_MILLIS)).until(() -> true);
      assertThat(number(first, "select count(*)" + OTHERS)).as("the node's sessions").isZero();
    } finally {
      for (Connection connection : taken) {
        connection.close();
      }
    }
  }

  private static boolean takes(URI server, List<Connection> taken) throws SQLException {
    try {
      taken.add(connect(server));
      return true;
    } catch (SQLException e) {
      if ("53300".equals(e.getSQLState())) {
        return false; // too many connections
      }
      throw e;
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static Connection connect(URI server) throws SQLException {
    String[] user = server.getUserInfo().split(":", 2);
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:"
            + server.getPort()
            + server.getPath()
            + "?ApplicationName="
            + TAKER,
        user[0],
        user[1]);
  }
}
