package io.sub30.database.postgres;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.function.Function;

/**
 * One statement of one tenant, in a transaction of its own: begin, name the tenant for the length
 * of the transaction, the statement, commit. The four go out one behind the other without waiting,
 * so they cost one round trip; and on one connection that nobody else has meanwhile, so that the
 * name can never hold for another tenant's statement. Lane-bound.
 */
final class TenantTransaction {

  /** With a name that holds until the end of the transaction. */
  static final String NAME_TENANT = "select set_config('sub30.tenant', $1, true)";

  private TenantTransaction() {}

  /** Statements of one transaction that names its tenant. */
  interface Statements {
    Future<RowSet<Row>> ask(String sql, Tuple parameters);
  }

  /** How a transaction ends. */
  enum End {
    COMMIT,
    ROLLBACK
  }

  /** A tenant's own rows, on a connection of the reader's. */
  static Future<RowSet<Row>> read(Pool pool, String tenant, String sql, Tuple parameters) {
    return pool.withConnection(
        connection ->
            run(
                connection,
                "begin read only",
                tenant,
                statements -> statements.ask(sql, parameters),
                End.COMMIT));
  }

  /**
   * Statements on a tenant's cell, on any connection that is the caller's alone. Each sees what was
   * committed until it began.
   *
   * @param work asks all its statements at once, none after another's answer: the end follows in
   *     the same trip
   */
  static <T> Future<T> cell(
      SqlConnection connection, String tenant, Function<Statements, Future<T>> work, End end) {
    return run(
        connection,
        "begin isolation level read committed; set local role " + Role.CELL.sqlName(),
        tenant,
        work,
        end);
  }

  private static <T> Future<T> run(
      SqlConnection connection,
      String begin,
      String tenant,
      Function<Statements, Future<T>> work,
      End end) {
    Future<?> begun = connection.query(begin).execute();
    Future<?> named = connection.preparedQuery(NAME_TENANT).execute(Tuple.of(tenant));
    Future<T> answered =
        work.apply((sql, parameters) -> connection.preparedQuery(sql).execute(parameters));
    Future<?> ended = connection.query(end == End.COMMIT ? "commit" : "rollback").execute();
    // A statement that answered although one of the others failed has answered something else.
    List<Future<?>> steps = List.of(begun, named, answered, ended);
    return Future.join(steps)
        .map(done -> answered.result())
        .recover(failure -> Future.failedFuture(first(steps, failure)));
  }

  /** What went wrong, and not that a failed transaction refuses whatever follows. */
  private static Throwable first(List<Future<?>> steps, Throwable otherwise) {
    for (Future<?> step : steps) {
      Throwable cause = step.cause();
      if (cause != null) {
        return cause;
      }
    }
    return otherwise;
  }
}
