package io.sub30.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real PostgreSQL that is stopped, killed, cut off or slow under load. */
class PostgresFaultsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long AWAY_MILLIS = Long.getLong("sub30.faults.away_ms", 1_500);

  @TempDir private static Path root = Path.of("");
  private static FaultStage stage;

  @BeforeAll
  static void start() throws Exception {
    stage = FaultStage.in(root);
  }

  @AfterAll
  static void stop() throws Exception {
    stage.close();
  }

  @Test
  void postgres_stoppedFast_nothingIsLostOrDoubled() throws Exception {
    new CountedLoad(stage, "stopped-fast")
        .with(
            "PostgreSQL stopped (fast) and started",
            () -> {
              stage.stopPostgres();
              pass();
              stage.startPostgres();
            });
  }

  @Test
  void postgres_stoppedImmediately_nothingIsLostOrDoubled() throws Exception {
    new CountedLoad(stage, "stopped-immediately")
        .with(
            "PostgreSQL stopped (immediate) and recovered",
            () -> {
              stage.crashPostgres();
              pass();
              stage.startPostgres();
            });
  }

  @Test
  void postgres_stoppedWhileACommitWaitsForALock_itNeverHappened() throws Exception {
    CountedLoad load = new CountedLoad(stage, "stopped-before-commit");
    load.with(
        "PostgreSQL stopped (immediate) with a commit under way and not yet written",
        () -> {
          try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
              statement.execute("lock table batch_keys in access exclusive mode");
            }
            awaitWaiting("wait_event_type = 'Lock'");
            stage.crashPostgres();
          }
          stage.startPostgres();
        });
  }

  @Test
  void postgres_stoppedWhenACommitIsWrittenButNotAnswered_itIsStoredOnce() throws Exception {
    CountedLoad load = new CountedLoad(stage, "stopped-after-commit");
    load.with(
        "PostgreSQL stopped (immediate) with a commit on disk and its answer not sent",
        () -> {
          try (Connection connection = connect();
              Statement statement = connection.createStatement()) {
            // A standby that does not exist: commits reach the disk and are never acknowledged.
            statement.execute("alter system set synchronous_standby_names = 'nobody'");
            statement.execute("select pg_reload_conf()");
            awaitWaiting("wait_event = 'SyncRep'");
            statement.execute("alter system reset synchronous_standby_names"); // not reloaded
          }
          stage.crashPostgres();
          stage.startPostgres();
        });
  }

  @Test
  void postgres_portClosed_nothingIsLostOrDoubled() throws Exception {
    new CountedLoad(stage, "port-closed")
        .with(
            "connections cut and the port closed",
            () -> {
              stage.toPostgres().refuse();
              pass();
              stage.toPostgres().accept();
            });
  }

  @Test
  void postgres_refusesTheUser_nothingIsLostOrDoubled() throws Exception {
    Path rules = stage.postgresData().resolve("pg_hba.conf");
    String before = Files.readString(rules);
    new CountedLoad(stage, "login-refused")
        .with(
            "every session ended and logins refused (pg_hba)",
            () -> {
              try (Connection connection = connect();
                  Statement statement = connection.createStatement()) {
                Files.writeString(rules, "host all all all reject\n");
                statement.execute("select pg_reload_conf()");
                // Twice: who logged in before the rules were read is sent away as well.
                for (int i = 0; i < 2; i++) {
                  statement.execute(
                      "select pg_terminate_backend(pid) from pg_stat_activity where pid <>"
                          + " pg_backend_pid() and usename is not null");
                  pass();
                }
              } finally {
                Files.writeString(rules, before);
                FaultStage.signal("-HUP", stage.postgresPid());
              }
            });
  }

  @Test
  void postgres_slow_nothingIsLostOrDoubled() throws Exception {
    new CountedLoad(stage, "slow-postgres")
        .with(
            "each answer of PostgreSQL 150 ms late",
            () -> {
              stage.toPostgres().delay(150);
              pass();
              stage.toPostgres().delay(0);
            });
  }

  /** How long the fault lasts: the load goes on meanwhile. */
  private static void pass() {
    Awaitility.await().pollDelay(Duration.ofMillis(AWAY_MILLIS)).until(() -> true);
  }

  private static void awaitWaiting(String condition) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      Awaitility.await("a commit waits")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(10))
          .until(
              () -> {
                try (ResultSet row =
                    statement.executeQuery(
                        "select count(*) from pg_stat_activity where " + condition)) {
                  return row.next() && row.getLong(1) > 0;
                }
              });
    }
  }

  private static Connection connect() throws SQLException {
    String[] user = stage.postgres().getUserInfo().split(":", 2);
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + stage.postgres().getPort() + stage.postgres().getPath(),
        user[0],
        user[1]);
  }
}
