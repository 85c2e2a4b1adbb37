package io.sub30.node;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A hot standby of a running PostgreSQL: a copy of its folder, taken as pg_basebackup would, that
 * follows it by streaming under a role and a slot of its own. Blocking.
 */
public final class StandbyServer implements AutoCloseable {

  private static final String NAME = "standby";
  private static final int POLL_MILLIS = 50;
  private static final int READY_MILLIS = 60_000;

  /** What a backup leaves empty: it is the running server's own. */
  private static final Set<String> EMPTY =
      Set.of(
          "pg_wal",
          "pg_replslot",
          "pg_dynshmem",
          "pg_notify",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans");

  private static final Set<String> LEFT_OUT =
      Set.of("postmaster.pid", "postmaster.opts", "pg_internal.init", "current_logfiles");

  private final Path bin;
  private final Path data;
  private final Path log;
  private final URI uri;
  private GuardedProcess server;

  private StandbyServer(Path bin, Path data, Path log, URI uri) throws Exception {
    this.bin = bin;
    this.data = data;
    this.log = log;
    this.uri = uri;
    this.server = launch();
  }

  /**
   * Copies the primary and starts the copy.
   *
   * @param primary with a superuser and its password; on this machine
   * @param folder for the copy and the programs
   */
  public static StandbyServer of(URI primary, Path folder) throws Exception {
    Files.createDirectories(folder);
    // Programs of its own: a primary that starts stops whatever runs from its folder.
    Path bin = PostgresBinaries.unpack(folder, line -> {});
    Path data = folder.resolve("data");
    int port = FreePort.next();
    try (Connection connection = connect(primary)) {
      byte[] random = new byte[16];
      new SecureRandom().nextBytes(random);
      String password = HexFormat.of().formatHex(random);
      execute(connection, "create role standby login replication password '" + password + "'");
      text(connection, "select pg_create_physical_replication_slot('" + NAME + "', true)::text");
      Path source = Path.of(text(connection, "show data_directory"));
      text(connection, "select pg_backup_start('sub30', true)::text");
      copy(source, data);
      Files.writeString(
          data.resolve("backup_label"),
          text(connection, "select labelfile from pg_backup_stop(false)"));
      configure(data, folder, port, primary.getPort(), password);
    }
    URI uri =
        URI.create(
            "postgresql://" + primary.getUserInfo() + "@127.0.0.1:" + port + primary.getPath());
    return new StandbyServer(bin, data, folder.resolve("start.log"), uri);
  }

  private static void copy(Path source, Path target) throws IOException {
    Files.walkFileTree(
        source,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Path relative = source.relativize(folder);
            Files.copy(
                folder, target.resolve(relative.toString()), StandardCopyOption.COPY_ATTRIBUTES);
            return EMPTY.contains(relative.toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!LEFT_OUT.contains(file.getFileName().toString())) {
              try {
                Files.copy(
                    file,
                    target.resolve(source.relativize(file).toString()),
                    StandardCopyOption.COPY_ATTRIBUTES);
              } catch (NoSuchFileException e) {
                return FileVisitResult.CONTINUE; // dropped meanwhile; the log says so too
              }
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
  }

  /** What stands last in the file wins. */
  private static void configure(Path data, Path folder, int port, int primaryPort, String password)
      throws IOException {
    Files.writeString(
        data.resolve("sub30.conf"),
        """
        port = %d
        log_directory = '%s'
        hot_standby = on
        primary_conninfo = 'host=127.0.0.1 port=%d user=standby password=%s'
        primary_slot_name = '%s'
        wal_retrieve_retry_interval = '200ms'
        """
            .formatted(port, folder.resolve("logs"), primaryPort, password, NAME),
        StandardOpenOption.APPEND);
    Files.createFile(data.resolve("standby.signal"));
  }

  private GuardedProcess launch() throws Exception {
    List<String> command = List.of(bin.resolve("postgres").toString(), "-D", data.toString());
    GuardedProcess started = GuardedProcess.start(Commands.withoutRoot(), command, log);
    String failure = "";
    for (int waited = 0; waited < READY_MILLIS; waited += POLL_MILLIS) {
      try (Connection connection = connect(uri)) {
        if (!text(connection, "select pg_is_in_recovery()::text").equals("true")) {
          throw new IllegalStateException("the standby is not one");
        }
        return started;
      } catch (SQLException e) {
        failure = e.getMessage();
      }
      if (started.endsWithin(POLL_MILLIS)) {
        break;
      }
    }
    started.close();
    throw new IllegalStateException(
        "the standby does not start: " + failure + "; " + Commands.lastLine(log));
  }

  /** With the primary's user and password. */
  public URI uri() {
    return uri;
  }

  /** Lets it receive but not replay: from when this returns it shows nothing new. */
  public void pause() throws Exception {
    try (Connection connection = connect(uri)) {
      execute(connection, "select pg_wal_replay_pause()");
      for (int waited = 0; waited < READY_MILLIS; waited += POLL_MILLIS) {
        if (text(connection, "select pg_get_wal_replay_pause_state()").equals("paused")) {
          return;
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
      throw new IllegalStateException("the standby goes on replaying");
    }
  }

  /** Lets it replay again. */
  public void unpause() throws SQLException {
    try (Connection connection = connect(uri)) {
      execute(connection, "select pg_wal_replay_resume()");
    }
  }

  /** Stops it in order. */
  public void stop() {
    server.close();
  }

  /** Starts it again where it was. */
  public void restart() throws Exception {
    Files.deleteIfExists(data.resolve("postmaster.pid"));
    server = launch();
  }

  /** Its first process, for tests that halt it. */
  public long pid() {
    return server.pid();
  }

  @Override
  public void close() {
    server.close();
  }

  private static Connection connect(URI uri) throws SQLException {
    String[] user = uri.getUserInfo().split(":", 2);
    String url = "jdbc:postgresql://127.0.0.1:" + uri.getPort() + uri.getPath();
    return DriverManager.getConnection(url, user[0], user[1]);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
