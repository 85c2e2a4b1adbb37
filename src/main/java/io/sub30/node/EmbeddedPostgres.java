package io.sub30.node;

import io.sub30.config.ConfigException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * A PostgreSQL server in the data folder, for when none is configured: on 127.0.0.1 at a free port,
 * durable, password-protected, stopped with this JVM however that ends. What it stored is there at
 * the next start.
 *
 * <p>Blocking; for the main thread or a worker.
 */
final class EmbeddedPostgres implements AutoCloseable {

  /** Between two looks at whether the server is ready. */
  private static final int POLL_MILLIS = 10;

  /** Crash recovery replays at most max_wal_size (1 GB) or so; this is ample. */
  private static final int READY_MILLIS = 180_000;

  private final GuardedProcess server;
  private final PostgresCluster cluster;
  private final int port;

  private EmbeddedPostgres(GuardedProcess server, PostgresCluster cluster, int port) {
    this.server = server;
    this.cluster = cluster;
    this.port = port;
  }

  /**
   * Starts the server and returns when it accepts connections.
   *
   * @param folder locked by the caller
   * @param progress told in one line what takes long
   * @throws ConfigException if it cannot be started
   */
  static EmbeddedPostgres start(DataFolder folder, Consumer<String> progress) {
    return start(folder, progress, FreePort::next);
  }

  /** As above, with the ports to try one after the other. */
  static EmbeddedPostgres start(DataFolder folder, Consumer<String> progress, IntSupplier ports) {
    Path home = folder.postgres();
    Commands.stopLeftovers(home);
    List<String> launcher = Commands.withoutRoot();
    Path bin = PostgresBinaries.unpack(home, progress);
    PostgresCluster cluster = PostgresCluster.open(folder, bin, launcher, progress);
    Path log = folder.logs().resolve("postgres-start.log");
    List<String> command =
        List.of(bin.resolve("postgres").toString(), "-D", cluster.data().toString());
    for (int attempt = 0; attempt < FreePort.ATTEMPTS; attempt++) {
      int port = ports.getAsInt();
      cluster.configure(port);
      cluster.forgetFormerServer();
      GuardedProcess server = GuardedProcess.start(launcher, command, log);
      if (ready(server, cluster)) {
        return new EmbeddedPostgres(server, cluster, port);
      }
      server.close();
      // The port may have been taken in between; a backend of a killed server may still be ending.
      Commands.stopLeftovers(home);
    }
    throw new ConfigException(
        "the embedded PostgreSQL does not start: "
            + cluster.lastFailure(log)
            + " (see "
            + folder.logs()
            + ")");
  }

  private static boolean ready(GuardedProcess server, PostgresCluster cluster) {
    try {
      for (int waited = 0; waited < READY_MILLIS; waited += POLL_MILLIS) {
        if (cluster.ready(server.pid())) {
          return true;
        }
        if (server.endsWithin(POLL_MILLIS)) {
          return false;
        }
      }
      return false;
    } catch (InterruptedException e) {
      server.close();
      Thread.currentThread().interrupt();
      throw new ConfigException("interrupted while the embedded PostgreSQL was starting", e);
    }
  }

  /** With user and password; not for logs. */
  URI uri() {
    return URI.create(
        "postgresql://" + user() + ":" + password() + "@" + host() + ":" + port + "/" + database());
  }

  String host() {
    return "127.0.0.1";
  }

  int port() {
    return port;
  }

  String user() {
    return PostgresCluster.OWNER;
  }

  String password() {
    return cluster.password();
  }

  String database() {
    return PostgresCluster.OWNER;
  }

  /** The postmaster's process id. */
  long pid() {
    return server.pid();
  }

  boolean alive() {
    return server.alive();
  }

  /** Stops the server in order and returns when it is gone; does nothing the second time. */
  @Override
  public void close() {
    server.close();
  }
}
