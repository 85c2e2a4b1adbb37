package io.sub30.database.columnar;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads committed intake rows through a connection of its own, on the context it was created on.
 *
 * <p>Identities are handed out before rows commit, so a reader that polls {@code id > last} passes
 * over rows whose transaction is still open and never sees them. Rows therefore carry the id of
 * their transaction and are read in the order (xid, id) and only below the oldest transaction that
 * is still open: below it nothing can appear any more. A transaction held open anywhere in the
 * server delays the relay; it cannot make it lose a row.
 */
final class IntakeReader {

  private static final Logger LOG = LoggerFactory.getLogger(IntakeReader.class);

  /** Rows counted at most when the backlog is measured. */
  static final int MOST_COUNTED = 2_001;

  private static final int REPLY_TIMEOUT_SECONDS = 30;

  static final String PAGE =
      """
      SELECT xid::text, id, tenant, terminal, sequence, ordinal, received_msc, tick_count, ticks
      FROM (
        SELECT *,
               row_number() OVER w AS place,
               sum(tick_count) OVER w AS ticks_so_far,
               sum(octet_length(ticks)) OVER w AS bytes_so_far
        FROM tick_batches
        WHERE (xid, id) > ($1::text::xid8, $2::bigint)
          AND xid < pg_snapshot_xmin(pg_current_snapshot())
        WINDOW w AS (ORDER BY xid, id ROWS UNBOUNDED PRECEDING)
        ORDER BY xid, id
        LIMIT $3) AS page
      WHERE place = 1 OR (ticks_so_far <= $4 AND bytes_so_far <= $5)
      ORDER BY page.xid, id\
      """;

  static final String NEWEST =
      "SELECT xid::text, id FROM tick_batches t ORDER BY t.xid DESC, id DESC LIMIT 1";

  static final String BACKLOG =
      """
      SELECT count(*),
             greatest(0, coalesce(
               (extract(epoch FROM clock_timestamp()) * 1000)::bigint - min(received_msc), 0))
      FROM (SELECT received_msc FROM tick_batches WHERE (xid, id) > ($1::text::xid8, $2::bigint)
            ORDER BY xid, id LIMIT $3) AS ahead\
      """;

  /** The server and, within it, the database: transaction ids of another pair do not compare. */
  private static final String SOURCE =
      "SELECT system_identifier::text || '/' || (SELECT oid FROM pg_database"
          + " WHERE datname = current_database()) FROM pg_control_system()";

  private final PgConnection connection;
  private final String source;

  private IntakeReader(PgConnection connection, String source) {
    this.connection = connection;
    this.source = source;
  }

  /** Batches not yet relayed, and the age of the oldest in milliseconds. */
  record Backlog(long rows, long oldestMillis) {}

  static Future<IntakeReader> connect(
      Vertx vertx, PgConnectOptions options, @Nullable String role) {
    PgConnectOptions own = new PgConnectOptions(options).setCachePreparedStatements(true);
    return PgConnection.connect(vertx, own)
        .timeout(REPLY_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .onSuccess(
            // The query in flight fails too, and that is where it is handled.
            connection -> connection.exceptionHandler(e -> LOG.debug("intake connection", e)))
        .compose(
            connection ->
                prepare(connection, role)
                    .compose(done -> connection.query(SOURCE).execute())
                    .map(rows -> new IntakeReader(connection, first(rows).getString(0)))
                    .timeout(REPLY_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .onFailure(e -> connection.close()));
  }

  private static Future<?> prepare(PgConnection connection, @Nullable String role) {
    Future<?> readOnly =
        connection
            .query("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
            .execute()
            .compose(done -> connection.query("SET statement_timeout = '25s'").execute());
    // The name was checked to be a plain one by ColumnarOptions.
    return role == null
        ? readOnly
        : readOnly.compose(done -> connection.query("SET ROLE " + role).execute());
  }

  /** Names the server and database read. */
  String source() {
    return source;
  }

  /** The next committed rows after a watermark, in order; empty when there are none. */
  Future<List<IntakeRow>> page(Watermark after, ColumnarOptions limits) {
    Tuple parameters =
        Tuple.of(
            after.xidText(), after.id(), limits.pageRows(), limits.pageTicks(), limits.pageBytes());
    return ask(PAGE, parameters)
        .map(
            rows -> {
              List<IntakeRow> page = new ArrayList<>(rows.size());
              for (Row row : rows) {
                page.add(
                    new IntakeRow(
                        position(row),
                        row.getString(2),
                        row.getString(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getInteger(7),
                        row.getBuffer(8)));
              }
              return page;
            });
  }

  /** The highest position that is committed now; {@link Watermark#START} when there is none. */
  Future<Watermark> newest() {
    return ask(NEWEST, Tuple.tuple())
        .map(rows -> rows.size() == 0 ? Watermark.START : position(first(rows)));
  }

  /** What is committed and not relayed. */
  Future<Backlog> backlog(Watermark relayed) {
    return ask(BACKLOG, Tuple.of(relayed.xidText(), relayed.id(), MOST_COUNTED))
        .map(rows -> new Backlog(first(rows).getLong(0), first(rows).getLong(1)));
  }

  Future<Void> close() {
    return connection.close();
  }

  // A connection whose peer vanished without a word would otherwise wait for ever.
  private Future<RowSet<Row>> ask(String query, Tuple parameters) {
    return connection
        .preparedQuery(query)
        .execute(parameters)
        .timeout(REPLY_TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  private static Watermark position(Row row) {
    return new Watermark(Long.parseUnsignedLong(row.getString(0)), row.getLong(1));
  }

  private static Row first(RowSet<Row> rows) {
    return rows.iterator().next();
  }
}
