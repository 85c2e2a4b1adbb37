package io.sub30.database.postgres;

import com.google.protobuf.ByteString;
import io.sub30.database.BatchWriter.Write;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.StoreRequest;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/**
 * Runs the path's statements on every connection of a lane in transactions that are rolled back, so
 * that the first client finds them prepared and the server's caches filled. Nothing of it stays.
 */
public final class PathRehearsal {

  /** PostgreSQL settles on a plan after five executions. */
  private static final int ROUNDS = 6;

  private final Pools pools;

  public PathRehearsal(Pools pools) {
    this.pools = pools;
  }

  /** Rehearses as a made-up tenant of that lane. */
  public Future<Void> run(int lane) {
    String tenant = "~rehearsal-" + lane;
    Future<Void> commits =
        inTransaction(pools.commits(), connection -> write(connection, tenant, 1));
    Future<Void> reads = Future.succeededFuture();
    for (int i = 0; i < pools.readConnections(); i++) {
      reads =
          Future.join(
                  reads, inTransaction(pools.reads(), connection -> read(connection, tenant, 1)))
              .mapEmpty();
    }
    return Future.join(commits, reads).mapEmpty();
  }

  private interface Scene {
    Future<Void> play(SqlConnection connection);
  }

  private static Future<Void> inTransaction(Pool pool, Scene scene) {
    return pool.withConnection(
        connection ->
            connection
                .begin()
                .compose(transaction -> scene.play(connection).eventually(transaction::rollback)));
  }

  private static Future<Void> write(SqlConnection connection, String tenant, int round) {
    if (round > ROUNDS) {
      return Future.succeededFuture();
    }
    StoreRequest request =
        StoreRequest.newBuilder()
            .setTerminal("rehearsal")
            .setSequence(round)
            .setOrdinal(round)
            .setEpoch(round)
            .setContentHash(ByteString.copyFromUtf8("rehearsal"))
            .setOutcome(
                TickResult.newBuilder()
                    .addSignals(Signal.newBuilder().setId("s-" + round).setSide(Side.BUY)))
            .build();
    return connection
        .preparedQuery(Cells.TAKE)
        .execute(Tuple.of(tenant))
        .compose(
            taken ->
                connection
                    .preparedQuery(Intake.SQL)
                    .execute(Intake.parameters(List.of(new Write(tenant, request)))))
        .compose(written -> write(connection, tenant, round + 1));
  }

  private static Future<Void> read(SqlConnection connection, String tenant, int round) {
    if (round > ROUNDS) {
      return Future.succeededFuture();
    }
    return connection
        .preparedQuery(Cells.TAKE)
        .execute(Tuple.of(tenant))
        .compose(taken -> connection.preparedQuery(Cells.CHECKPOINT).execute(Tuple.of(tenant)))
        .compose(found -> connection.preparedQuery(Cells.LATER).execute(Tuple.of(tenant, 0L)))
        .compose(
            found ->
                connection.preparedQuery(Cells.FIND).execute(Tuple.of(tenant, "rehearsal", 1L)))
        .compose(found -> connection.preparedQuery(Cells.FENCE).execute(Tuple.of(tenant)))
        .compose(fenced -> read(connection, tenant, round + 1));
  }
}
