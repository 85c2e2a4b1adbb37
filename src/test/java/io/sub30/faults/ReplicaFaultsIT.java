package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.node.StandbyServer;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A streaming replica that is gone, or falls behind, while one tenant writes and another reads. */
@Tag("long")
class ReplicaFaultsIT {

  private static final int SIGNALS = 7;
  private static final int READS = 25;
  private static final long AWAY_MILLIS = Long.getLong("sub30.faults.away_ms", 1_500);
  private static final String REPLICA = "replica:1";
  private static final String PRIMARY = "primary";

  @TempDir private static Path root = Path.of("");
  private static FaultStage stage;
  private static StandbyServer standby;

  @BeforeAll
  static void start() throws Exception {
    stage = new FaultStage(root, root.resolve("pg"), Map.of("database.replica_max_lag", "2s"));
    standby = StandbyServer.of(stage.postgres(), root.resolve("standby"));
    stage.set("postgres.replicas", standby.uri().toString());
    stage.restartNode();
  }

  @AfterAll
  static void stop() throws Exception {
    stage.close();
    standby.close();
  }

  @Test
  void replica_gone_nothingIsLostAndThePrimaryIsRead() throws Exception {
    withReads(
        "gone",
        "the replica stopped and started again",
        () -> standby.stop(),
        () -> standby.restart());
  }

  @Test
  void replica_behind_nothingIsLostAndThePrimaryIsRead() throws Exception {
    withReads(
        "behind",
        "the replica receives and does not replay",
        () -> standby.pause(),
        () -> standby.unpause());
  }

  /** Reads from the replica, breaks it, reads from the primary, mends it, reads from it again. */
  private static void withReads(
      String name, String what, CountedLoad.Fault breaks, CountedLoad.Fault mends)
      throws Exception {
    String reader = name + "-reader";
    record(stage.postgres(), reader);
    CountedLoad load = new CountedLoad(stage, "replica-" + name);
    try (ReadLoad reads = new ReadLoad(stage, reader, SIGNALS)) {
      until(() -> reads.of(REPLICA) >= READS);
      int[] atFault = new int[2];
      load.with(
          what,
          () -> {
            breaks.run();
            try {
              // Until it is over the lag that is allowed it may be read, and has all there is.
              until(() -> reads.inARow(PRIMARY) >= READS);
              atFault[0] = reads.of(REPLICA);
              int primarys = reads.of(PRIMARY);
              pass();
              until(() -> reads.of(PRIMARY) >= primarys + READS);
              atFault[1] = reads.of(REPLICA) - atFault[0];
            } finally {
              mends.run();
            }
            int before = reads.of(REPLICA);
            until(() -> reads.of(REPLICA) >= before + READS);
          });
      Evidence.write(
          "faults-replica-" + name + "-reads.txt",
          List.of("%s, pages of another tenant by source: %s".formatted(what, reads)));
      assertThat(atFault[1]).as("read from it meanwhile").isZero();
      assertThat(reads.incomplete()).as("pages that lack a signal").isZero();
      int answered = reads.of(REPLICA) + reads.of(PRIMARY);
      assertThat(answered).as(reads.toString()).isGreaterThan(reads.all() * 9 / 10);
    }
  }

  private static void until(java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(condition);
  }

  private static void pass() {
    Awaitility.await().pollDelay(Duration.ofMillis(AWAY_MILLIS)).until(() -> true);
  }

  private static void record(URI server, String tenant) throws SQLException {
    String[] user = server.getUserInfo().split(":", 2);
    String url = "jdbc:postgresql://127.0.0.1:" + server.getPort() + server.getPath();
    try (Connection connection = DriverManager.getConnection(url, user[0], user[1]);
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into signals select ?, epoch_msc() - s, 's' || s, 't', s, 'EURUSD', 1,"
                    + " 0.75, 1.1, 1.0, 1.3, 0.1, 'trend', 'a' from generate_series(1, ?) s")) {
      insert.setString(1, tenant);
      insert.setInt(2, SIGNALS);
      insert.executeUpdate();
    }
  }
}
