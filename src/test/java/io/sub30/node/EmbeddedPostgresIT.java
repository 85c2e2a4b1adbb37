package io.sub30.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sub30.config.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresIT {

  /** One for all tests: unpacking once is enough, and every test meets what the others left. */
  @TempDir static Path shared;

  private DataFolder folder;

  @BeforeEach
  void own() {
    folder = DataFolder.at(shared).lock();
  }

  @AfterEach
  void disown() {
    folder.close();
  }

  @Test
  void start_freshFolder_isDurableAndLocalOnly() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(folder, line -> {});
        Connection connection = connect(server)) {
      assertThat(show(connection, "server_version")).startsWith(PostgresBinaries.VERSION);
      assertThat(show(connection, "fsync")).isEqualTo("on");
      assertThat(show(connection, "synchronous_commit")).isEqualTo("on");
      assertThat(show(connection, "full_page_writes")).isEqualTo("on");
      assertThat(show(connection, "data_checksums")).isEqualTo("on");
      assertThat(show(connection, "server_encoding")).isEqualTo("UTF8");
      assertThat(show(connection, "listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(show(connection, "unix_socket_directories")).isEmpty();
      assertThat(
              query(
                  connection,
                  "SELECT DISTINCT auth_method FROM pg_hba_file_rules WHERE error IS NULL"))
          .isEqualTo("scram-sha-256");
    }
  }

  @Test
  void start_freshFolder_tellsWhatTakesLongAndKeepsThePasswordPrivate(@TempDir Path other)
      throws Exception {
    List<String> told = new ArrayList<>();
    try (DataFolder fresh = DataFolder.at(other).lock();
        EmbeddedPostgres server = EmbeddedPostgres.start(fresh, told::add)) {
      assertThat(told)
          .containsExactly("unpacking PostgreSQL 18.4 ...", "creating the database ...");
      Path secret = fresh.keys().resolve("postgres.password");
      assertThat(secret).hasContent(server.password());
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
          .isEqualTo("rw-------");
      assertThat(commandLines()).noneMatch(line -> line.contains(server.password()));
      // Two folders side by side, each with its own server and password.
      try (EmbeddedPostgres second = EmbeddedPostgres.start(folder, line -> {})) {
        assertThat(second.port()).isNotEqualTo(server.port());
        assertThat(second.password()).isNotEqualTo(server.password());
        connect(server).close();
        connect(second).close();
      }
    }
  }

  @Test
  void start_again_keepsTheDataAndUnpacksNothing() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(folder, line -> {})) {
      execute(server, "CREATE TABLE IF NOT EXISTS kept (v int); INSERT INTO kept VALUES (42)");
    }

    List<String> told = new ArrayList<>();
    try (EmbeddedPostgres server = EmbeddedPostgres.start(folder, told::add);
        Connection connection = connect(server)) {
      assertThat(query(connection, "SELECT max(v) FROM kept")).isEqualTo("42");
    }
    assertThat(told).isEmpty();
  }

  @Test
  void connect_wrongPassword_isRefused() {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(folder, line -> {})) {
      assertThatThrownBy(
              () -> DriverManager.getConnection(url(server), server.user(), "not the password"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
    }
  }

  @Test
  void close_runningServer_leavesNoProcess() {
    EmbeddedPostgres server = EmbeddedPostgres.start(folder, line -> {});
    long pid = server.pid();

    server.close();
    server.close();

    assertThat(server.alive()).isFalse();
    assertThat(ProcessHandle.of(pid)).isEmpty();
    assertThat(fromFolder(folder.root())).isEmpty();
  }

  @Test
  void start_portTakenMeanwhile_triesTheNext() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Iterator<Integer> ports = List.of(taken.getLocalPort(), FreePort.next()).iterator();

      try (EmbeddedPostgres server = EmbeddedPostgres.start(folder, line -> {}, ports::next)) {
        assertThat(server.port()).isNotEqualTo(taken.getLocalPort());
      }
    }
  }

  @Test
  void start_noPortFree_saysWhy() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(() -> EmbeddedPostgres.start(folder, line -> {}, taken::getLocalPort))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("the embedded PostgreSQL does not start: ")
          .hasMessageContaining("could not create any TCP/IP sockets");
    }
  }

  @Test
  void start_afterPostmasterWasKilled_recoversWhatWasCommitted() throws Exception {
    EmbeddedPostgres server = EmbeddedPostgres.start(folder, line -> {});
    execute(server, "DROP TABLE IF EXISTS survived; CREATE TABLE survived AS SELECT 7 AS v");
    ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
    await().atMost(Duration.ofSeconds(10)).until(() -> !server.alive());

    try (EmbeddedPostgres next = EmbeddedPostgres.start(folder, line -> {});
        Connection connection = connect(next)) {
      assertThat(query(connection, "SELECT v FROM survived")).isEqualTo("7");
    }
    server.close();
  }

  @Test
  void start_markNamesAnUnrelatedProcess_startsAllTheSame() throws Exception {
    EmbeddedPostgres.start(folder, line -> {}).close();
    Path mark = folder.postgres().resolve("data/postmaster.pid");
    Files.writeString(mark, ProcessHandle.current().pid() + "\n");

    EmbeddedPostgres.start(folder, line -> {}).close();

    assertThat(mark).doesNotExist();
  }

  @Test
  void start_passwordFileLost_isRefusedNamingIt() throws Exception {
    EmbeddedPostgres.start(folder, line -> {}).close();
    Path secret = folder.keys().resolve("postgres.password");
    Path away = Files.move(secret, folder.keys().resolve("away"));
    try {
      assertThatThrownBy(() -> EmbeddedPostgres.start(folder, line -> {}))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(secret.toString());
    } finally {
      Files.move(away, secret);
    }
  }

  @Test
  void start_ownerKilled_serverStopsByItself() throws Exception {
    folder.close();
    try (OwnerProcess owner = OwnerProcess.start("postgres", shared)) {
      ProcessHandle[] below = owner.descendants();
      assertThat(below).extracting(ProcessHandle::pid).contains(owner.serverPid());

      owner.kill();

      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(below).noneMatch(ProcessHandle::isAlive));
      assertThat(fromFolder(shared.toRealPath())).isEmpty();
    }
  }

  @Test
  void start_rightAfterOwnerWasKilled_takesOver() throws Exception {
    folder.close();
    try (OwnerProcess owner = OwnerProcess.start("postgres", shared)) {
      owner.kill();

      try (DataFolder next = DataFolder.at(shared).lock();
          EmbeddedPostgres server = EmbeddedPostgres.start(next, line -> {});
          Connection connection = connect(server)) {
        assertThat(query(connection, "SELECT 1")).isEqualTo("1");
        assertThat(ProcessHandle.of(owner.serverPid())).isEmpty();
      }
    }
  }

  private static String url(EmbeddedPostgres server) {
    return "jdbc:postgresql://" + server.host() + ":" + server.port() + "/" + server.database();
  }

  private static Connection connect(EmbeddedPostgres server) throws SQLException {
    return DriverManager.getConnection(url(server), server.user(), server.password());
  }

  private static void execute(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String show(Connection connection, String setting) throws SQLException {
    return query(connection, "SHOW " + setting);
  }

  /** The first column of the only row. */
  private static String query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      String value = rows.getString(1);
      assertThat(rows.next()).isFalse();
      return value;
    }
  }

  private static List<String> commandLines() {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .toList();
  }

  private static List<String> fromFolder(Path root) {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().command().orElse(""))
        .filter(command -> command.startsWith(root.toString()))
        .toList();
  }
}
