package io.sub30.node;

import io.sub30.config.ConfigException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * The files of one PostgreSQL cluster in the data folder: created once with an owner, a password
 * and a database, configured anew at each start.
 */
final class PostgresCluster {

  /** Name of the superuser and of the database. */
  static final String OWNER = "sub30";

  private static final int PASSWORD_BYTES = 32;

  private final Path data;
  private final Path logs;
  private final String password;

  private PostgresCluster(Path data, Path logs, String password) {
    this.data = data;
    this.logs = logs;
    this.password = password;
  }

  /**
   * The cluster of this data folder, created if it is missing.
   *
   * @param bin where the programs are
   * @param launcher see {@link Commands#withoutRoot}
   */
  static PostgresCluster open(
      DataFolder folder, Path bin, List<String> launcher, Consumer<String> progress) {
    Path data = folder.postgres().resolve("data");
    Path passwordFile = folder.keys().resolve("postgres.password");
    boolean exists = Files.exists(data);
    if (!Files.exists(passwordFile)) {
      if (exists) {
        throw new ConfigException(
            "the password of the database in "
                + data
                + " is missing: restore "
                + passwordFile
                + ", or move the folder away to begin with an empty database");
      }
      byte[] random = new byte[PASSWORD_BYTES];
      new SecureRandom().nextBytes(random);
      DataFolder.writePrivately(passwordFile, HexFormat.of().formatHex(random));
    }
    try {
      if (exists) {
        requireSameVersion(data);
      } else {
        progress.accept("creating the database ...");
        create(data, passwordFile, bin, launcher);
      }
      String password = Files.readString(passwordFile, StandardCharsets.US_ASCII).strip();
      return new PostgresCluster(data, folder.logs(), password);
    } catch (IOException e) {
      throw new ConfigException("cannot prepare the database in " + data + ": " + e, e);
    }
  }

  private static void requireSameVersion(Path data) throws IOException {
    String found = Files.readString(data.resolve("PG_VERSION")).strip();
    String wanted = PostgresBinaries.VERSION.substring(0, PostgresBinaries.VERSION.indexOf('.'));
    if (!found.equals(wanted)) {
      throw new ConfigException(
          "the database in "
              + data
              + " was written by PostgreSQL "
              + found
              + ", this build carries "
              + wanted
              + "; use the build that wrote it to dump it, or choose another folder with --data");
    }
  }

  /** Built beside its place, synced, then renamed: a cluster that is there is complete. */
  private static void create(Path data, Path passwordFile, Path bin, List<String> launcher)
      throws IOException {
    Path fresh = data.resolveSibling("data.new");
    if (Files.exists(fresh)) {
      PostgresBinaries.remove(fresh);
    }
    Path log = data.resolveSibling("initdb.log");
    List<String> initdb = program(launcher, bin.resolve("initdb"), "-D", fresh.toString());
    List<String> init = new ArrayList<>(initdb);
    // The built-in C.UTF-8 provider needs no locale of the machine and sorts as fast as C. Syncing
    // is put off to one pass at the end, when the database exists too.
    init.addAll(
        List.of(
            "--no-sync",
            "--username=" + OWNER,
            "--pwfile=" + passwordFile,
            "--auth-local=scram-sha-256",
            "--auth-host=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8"));
    Commands.run(init, "", log);
    List<String> single =
        program(launcher, bin.resolve("postgres"), "--single", "-D", fresh.toString(), "postgres");
    Commands.run(single, "CREATE DATABASE " + OWNER + "\n", log);
    Files.writeString(
        fresh.resolve("postgresql.conf"),
        "\n# Rewritten at each start; what stands below this line wins.\ninclude 'sub30.conf'\n",
        StandardOpenOption.APPEND);
    List<String> sync = new ArrayList<>(initdb);
    sync.add("--sync-only");
    Commands.run(sync, "", log);
    Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel parent = FileChannel.open(data.getParent())) {
      parent.force(true);
    }
  }

  private static List<String> program(List<String> launcher, Path program, String... arguments) {
    List<String> line = new ArrayList<>(launcher);
    line.add(program.toString());
    line.addAll(List.of(arguments));
    return line;
  }

  /**
   * Writes the settings of the next start. Durability is spelled out although it is the default: an
   * acknowledged batch must survive a power cut.
   */
  void configure(int port) {
    String settings =
        """
        listen_addresses = '127.0.0.1'
        port = %d
        unix_socket_directories = ''
        max_connections = 100

        fsync = on
        synchronous_commit = on
        full_page_writes = on
        # After each checkpoint a page's first change logs the whole page; compressing it takes a
        # millisecond of the commit that happens to make it, and loopback disks have the room.
        wal_compression = off

        # Small on purpose: the machine also runs the rest of the process.
        shared_buffers = '128MB'
        huge_pages = off
        # Short statements only. Without parallel queries nothing needs /dev/shm either, of which a
        # container has little.
        max_parallel_workers_per_gather = 0
        max_parallel_maintenance_workers = 0
        io_method = sync
        jit = off

        # One file a weekday, emptied after a week. Statements are left out: they hold tenants' data.
        logging_collector = on
        log_directory = '%s'
        log_filename = 'postgres-%%a.log'
        log_file_mode = 0600
        log_truncate_on_rotation = on
        log_rotation_age = '1d'
        log_rotation_size = 0
        log_checkpoints = off
        log_min_error_statement = panic
        log_error_verbosity = terse
        timezone = 'UTC'
        log_timezone = 'UTC'
        """
            .formatted(port, logs.toString().replace("'", "''"));
    DataFolder.writePrivately(data.resolve("sub30.conf"), settings);
  }

  /** True once the server with this process id accepts connections. */
  boolean ready(long pid) {
    try {
      List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
      // Line 1 is the postmaster's id, line 8 its state (miscadmin.h, LOCK_FILE_LINE_PM_STATUS).
      return lines.size() >= 8
          && lines.get(0).strip().equals(Long.toString(pid))
          && lines.get(7).strip().equals("ready");
    } catch (IOException e) {
      return false; // not written yet
    }
  }

  /**
   * Removes the mark of a server that is gone. The caller has made sure that no process of this
   * data folder is left; without this, an unrelated process that was given the same id, the rule in
   * containers, would keep PostgreSQL from starting.
   */
  void forgetFormerServer() {
    try {
      Files.deleteIfExists(data.resolve("postmaster.pid"));
    } catch (IOException e) {
      throw new ConfigException("cannot remove " + data.resolve("postmaster.pid"), e);
    }
  }

  /** Why the last start failed, as far as the newest log tells. */
  String lastFailure(Path startLog) {
    try (var files = Files.newDirectoryStream(logs, "postgres-*.log")) {
      Path newest = startLog;
      for (Path file : files) {
        if (Files.size(file) > 0
            && Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(newest)) >= 0) {
          newest = file;
        }
      }
      return Commands.lastLine(newest);
    } catch (IOException e) {
      return Commands.lastLine(startLog);
    }
  }

  Path data() {
    return data;
  }

  String password() {
    return password;
  }
}
