package io.sub30.database.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.concurrent.TimeUnit;

/**
 * The lane's connections: one for commits, so that they go out in order and never queue behind a
 * read, and some for reads, each under its {@link Role}. Made on the lane's own loop: a pool on
 * another one doubles the latency. Lane-bound; not thread-safe.
 */
public final class Pools {

  private static final int WAITING = 4_096;

  private final Vertx vertx;
  private final PostgresUri server;
  private final Pool reads;
  private final int readConnections;
  private Pool commits;

  public Pools(Vertx vertx, PostgresUri server, int readConnections) {
    this.vertx = vertx;
    this.server = server;
    this.readConnections = readConnections;
    this.reads = pool(vertx, server, Role.READER, readConnections);
    this.commits = pool(vertx, server, Role.WRITER, 1);
  }

  /** Connections to a server; to be called on the loop that will use them. */
  static Pool pool(Vertx vertx, PostgresUri server, Role role, int size) {
    PoolOptions options =
        new PoolOptions()
            .setMaxSize(size)
            .setMaxWaitQueueSize(WAITING)
            .setConnectionTimeout(2)
            .setConnectionTimeoutUnit(TimeUnit.SECONDS);
    return PgBuilder.pool()
        .with(options)
        .connectingTo(server.connectOptions(role))
        .using(vertx)
        .build();
  }

  int readConnections() {
    return readConnections;
  }

  public Pool reads() {
    return reads;
  }

  /** The pool of the commit connection; another one after {@link #dropCommits}. */
  public Pool commits() {
    return commits;
  }

  /** Abandons the commit connection, whatever hangs on it. */
  public void dropCommits() {
    Pool hanging = commits;
    commits = pool(vertx, server, Role.WRITER, 1);
    hanging.close();
  }

  public Future<Void> close() {
    return Future.join(reads.close(), commits.close()).mapEmpty();
  }
}
