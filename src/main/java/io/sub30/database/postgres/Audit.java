package io.sub30.database.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/** Counts what one terminal has in the system of record, on a connection of its own. */
public final class Audit {

  static final String COUNT =
      "select (select count(*) from batch_keys k join tick_batches b using (tenant, ordinal) where"
          + " k.tenant = $1 and k.terminal = $2 and k.sequence = any($3)), count(*),"
          + " coalesce(sum(tick_count), 0)::bigint from tick_batches where tenant = $1 and terminal"
          + " = $2";

  private Audit() {}

  /**
   * @param acknowledgedFound of the sequences asked for, those that are stored
   * @param batches of the terminal, in all
   * @param ticks of those batches
   */
  public record Counts(long acknowledgedFound, long batches, long ticks) {}

  public static Future<Counts> count(
      Vertx vertx, PostgresUri server, String tenant, String terminal, List<Long> acknowledged) {
    Tuple parameters = Tuple.of(tenant, terminal).addArrayOfLong(acknowledged.toArray(Long[]::new));
    return PgConnection.connect(vertx, server.connectOptions(Role.KEEPER))
        .compose(
            connection ->
                connection
                    .preparedQuery(COUNT)
                    .execute(parameters)
                    .map(
                        rows -> {
                          Row row = rows.iterator().next();
                          return new Counts(row.getLong(0), row.getLong(1), row.getLong(2));
                        })
                    .eventually(connection::close));
  }
}
