package io.sub30.database.postgres;

import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.v1.ListSignalsRequest;
import io.sub30.v1.ListSignalsResponse;
import io.sub30.v1.RecordedSignal;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Recorded signals of a tenant, newest first, by pages. Lane-bound; not thread-safe. */
public final class RecordedSignals {

  /** Signals of a page when the caller names no limit, and at most. */
  static final int DEFAULT_LIMIT = 100;

  static final int MAX_LIMIT = 500;

  private static final String COLUMNS =
      "select decided_msc, id, terminal, sequence, symbol, side, confidence, entry, stop, target,"
          + " size, strategy, reasons from signals where tenant = $1 and decided_msc >= $2 and"
          + " (decided_msc, id) < ($3, $4)";

  private static final String ORDER = " order by decided_msc desc, id desc limit ";

  private final Pool pool;

  public RecordedSignals(Pool pool) {
    this.pool = pool;
  }

  /** One page; fails with {@code INVALID} when the cursor is not one of ours. */
  public Future<ListSignalsResponse> list(String tenant, ListSignalsRequest request) {
    Position before;
    try {
      before = Position.of(request.getCursor());
    } catch (IllegalArgumentException e) {
      String why = "cursor is not one that this API gave out";
      return Future.failedFuture(new HopFailure(Hop.DATABASE_SERVICE, FailureCode.INVALID, why));
    }
    int limit = request.getLimit() <= 0 ? DEFAULT_LIMIT : Math.min(request.getLimit(), MAX_LIMIT);
    Tuple parameters =
        Tuple.tuple()
            .addString(tenant)
            .addLong(request.getSinceMsc())
            .addLong(before.decidedMsc())
            .addString(before.id());
    StringBuilder sql = new StringBuilder(COLUMNS);
    if (!request.getSymbol().isEmpty()) {
      parameters.addString(request.getSymbol());
      sql.append(" and symbol = $").append(parameters.size());
    }
    if (!request.getTerminal().isEmpty()) {
      parameters.addString(request.getTerminal());
      sql.append(" and terminal = $").append(parameters.size());
    }
    sql.append(ORDER).append(limit + 1); // one more tells whether a page follows
    return TenantTransaction.read(pool, tenant, sql.toString(), parameters)
        .map(rows -> page(rows, limit));
  }

  private static ListSignalsResponse page(RowSet<Row> rows, int limit) {
    ListSignalsResponse.Builder page = ListSignalsResponse.newBuilder();
    Position last = Position.START;
    for (Row row : rows) {
      if (page.getItemsCount() == limit) {
        return page.setNext(last.cursor()).build();
      }
      page.addItems(signal(row));
      last = new Position(row.getLong(0), row.getString(1));
    }
    return page.build();
  }

  private static RecordedSignal signal(Row row) {
    String reasons = row.getString(12);
    Signal signal =
        Signal.newBuilder()
            .setId(row.getString(1))
            .setSymbol(row.getString(4))
            .setSide(Side.forNumber(row.getShort(5)))
            .setConfidence(row.getDouble(6))
            .setEntry(row.getDouble(7))
            .setStop(row.getDouble(8))
            .setTarget(row.getDouble(9))
            .setSize(row.getDouble(10))
            .setStrategy(row.getString(11))
            .addAllReasons(reasons.isEmpty() ? List.of() : List.of(reasons.split(",", -1)))
            .build();
    return RecordedSignal.newBuilder()
        .setSignal(signal)
        .setTerminal(row.getString(2))
        .setSequence(row.getLong(3))
        .setDecidedMsc(row.getLong(0))
        .build();
  }

  /** Where a page ended. */
  private record Position(long decidedMsc, String id) {
    static final Position START = new Position(Long.MAX_VALUE, "");

    static Position of(String cursor) {
      if (cursor.isEmpty()) {
        return START;
      }
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      int separator = text.indexOf(' ');
      if (separator < 0) {
        throw new IllegalArgumentException("no separator");
      }
      return new Position(
          Long.parseLong(text.substring(0, separator)), text.substring(separator + 1));
    }

    String cursor() {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((decidedMsc + " " + id).getBytes(StandardCharsets.UTF_8));
    }
  }
}
