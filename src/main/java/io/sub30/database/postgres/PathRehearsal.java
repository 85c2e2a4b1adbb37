package io.sub30.database.postgres;

import com.google.protobuf.ByteString;
import io.sub30.database.BatchWriter.Write;
import io.sub30.v1.LookupRequest;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.StoreRequest;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the path's statements on every connection of a lane in transactions that are rolled back, so
 * that the first client finds them prepared and the server's caches filled. Nothing of it stays.
 */
public final class PathRehearsal {

  /** PostgreSQL settles on a plan after five executions. */
  private static final int ROUNDS = 6;

  /** A commit that syncs the log and that nobody reads: what is rolled back never does. */
  private static final String COMMIT =
      "select pg_logical_emit_message(true, 'sub30.rehearsal', '')";

  private static final String TERMINAL = "rehearsal";
  private static final ByteString HASH = ByteString.copyFromUtf8("rehearsal");

  private final Pools pools;

  public PathRehearsal(Pools pools) {
    this.pools = pools;
  }

  /**
   * Rehearses as made-up tenants of that lane, one a connection, so that none waits for another.
   */
  public Future<Void> run(int lane) {
    List<Future<Void>> scenes = new ArrayList<>();
    scenes.add(rolledBack(pools.commits(), "~rehearsal-" + lane));
    for (int i = 0; i < pools.readConnections(); i++) {
      scenes.add(rolledBack(pools.reads(), "~rehearsal-" + lane + "-" + i));
    }
    return Future.join(scenes).mapEmpty();
  }

  private static Future<Void> rolledBack(Pool pool, String tenant) {
    return pool.withConnection(
        connection ->
            connection
                .begin()
                .compose(
                    transaction -> round(connection, tenant, 1).eventually(transaction::rollback))
                .compose(rolledBack -> connection.query(COMMIT).execute())
                .mapEmpty());
  }

  /** Takes the cell, stores a batch, and looks it up behind a raised epoch. */
  private static Future<Void> round(SqlConnection connection, String tenant, int round) {
    if (round > ROUNDS) {
      return Future.succeededFuture();
    }
    TenantTransaction.Statements cell =
        (sql, parameters) -> connection.preparedQuery(sql).execute(parameters);
    return as(connection, Role.CELL, tenant)
        .compose(named -> Cells.take(cell, tenant))
        .compose(
            history ->
                as(connection, Role.WRITER, tenant)
                    .compose(
                        named ->
                            Intake.write(
                                connection,
                                List.of(new Write(tenant, request(round, history.getEpoch()))))))
        .compose(written -> as(connection, Role.CELL, tenant))
        .compose(named -> Cells.lookup(cell, tenant, lookup(round)))
        .compose(found -> round(connection, tenant, round + 1));
  }

  /** Until the transaction is rolled back: a plan holds for the role it was made for. */
  private static Future<?> as(SqlConnection connection, Role role, String tenant) {
    return connection
        .query("set local role " + role.sqlName())
        .execute()
        .compose(
            taken ->
                connection.preparedQuery(TenantTransaction.NAME_TENANT).execute(Tuple.of(tenant)));
  }

  private static StoreRequest request(int round, long epoch) {
    Signal signal = Signal.newBuilder().setId("s-" + round).setSide(Side.BUY).build();
    return StoreRequest.newBuilder()
        .setTerminal(TERMINAL)
        .setSequence(round)
        .setOrdinal(round)
        .setEpoch(epoch)
        .setContentHash(HASH)
        .setOutcome(TickResult.newBuilder().addSignals(signal))
        .build();
  }

  private static LookupRequest lookup(int round) {
    return LookupRequest.newBuilder()
        .setTerminal(TERMINAL)
        .setSequence(round)
        .setContentHash(HASH)
        .setFence(true)
        .build();
  }
}
