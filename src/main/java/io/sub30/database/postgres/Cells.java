package io.sub30.database.postgres;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.database.postgres.TenantTransaction.End;
import io.sub30.database.postgres.TenantTransaction.Statements;
import io.sub30.v1.CellHistory;
import io.sub30.v1.CellMarks;
import io.sub30.v1.CheckpointRequest;
import io.sub30.v1.LookupRequest;
import io.sub30.v1.StoreReply;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.StoredInputs;
import io.sub30.v1.TickColumns;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.function.Function;

/**
 * Who owns a tenant's state, what it was, and whether a key was committed. Lane-bound; not
 * thread-safe.
 */
public final class Cells {

  /** Stored batches of one page of a cell's history. */
  static final int PAGE = 200;

  private static final String TAKE =
      "insert into cells (tenant, epoch) values ($1, 1) on conflict (tenant) do update set epoch ="
          + " cells.epoch + 1 returning epoch";

  private static final String FENCE =
      "update cells set epoch = epoch + 1 where tenant = $1 returning epoch";

  private static final String CHECKPOINT =
      "select ordinal, bridge_state, trading_state, marks from cell_checkpoints where tenant = $1";

  private static final String PAGE_OF_BATCHES =
      "select terminal, sequence, ordinal, received_msc, ticks, inputs, outcome from tick_batches"
          + " where tenant = $1 and ordinal > ";

  private static final String FIRST =
      PAGE_OF_BATCHES
          + "coalesce((select c.ordinal from cell_checkpoints c where c.tenant = $1), 0) order by"
          + " ordinal limit "
          + PAGE;

  private static final String LATER = PAGE_OF_BATCHES + "$2 order by ordinal limit " + PAGE;

  private static final String SAVE =
      "insert into cell_checkpoints (tenant, ordinal, bridge_state, trading_state, marks) values"
          + " ($1, $2, $3, $4, $5) on conflict (tenant) do update set ordinal = excluded.ordinal,"
          + " bridge_state = excluded.bridge_state, trading_state = excluded.trading_state, marks ="
          + " excluded.marks where cell_checkpoints.ordinal < excluded.ordinal";

  /** One row, whether or not there is a key. */
  private static final String FIND =
      "select k.content_hash, k.ordinal, (select b.outcome from tick_batches b where b.tenant ="
          + " k.tenant and b.ordinal = k.ordinal), exists (select from retained_marks m where"
          + " m.tenant = $1 and m.terminal = $2 and m.sequence >= $3) from (values (1)) as asked"
          + " left join batch_keys k on k.tenant = $1 and k.terminal = $2 and k.sequence = $3";

  private final Pool pool;

  public Cells(Pool pool) {
    this.pool = pool;
  }

  /**
   * Takes the cell, so that no earlier owner can commit, and reads its checkpoint and the first
   * page of later batches. In one transaction and one trip: each statement sees what was committed
   * before it, and once the cell is held nothing is.
   */
  public Future<CellHistory> take(String tenant) {
    return take(tenant, End.COMMIT);
  }

  /** Takes the cell of a made-up tenant and gives it back: nothing of it stays. */
  public Future<CellHistory> rehearse(String tenant) {
    return take(tenant, End.ROLLBACK);
  }

  private Future<CellHistory> take(String tenant, End end) {
    return in(tenant, statements -> take(statements, tenant), end);
  }

  private <T> Future<T> in(String tenant, Function<Statements, Future<T>> work, End end) {
    return pool.withConnection(connection -> TenantTransaction.cell(connection, tenant, work, end));
  }

  static Future<CellHistory> take(Statements statements, String tenant) {
    Future<RowSet<Row>> taken = statements.ask(TAKE, Tuple.of(tenant));
    Future<RowSet<Row>> checkpoint = statements.ask(CHECKPOINT, Tuple.of(tenant));
    Future<RowSet<Row>> first = statements.ask(FIRST, Tuple.of(tenant));
    return Future.join(taken, checkpoint, first)
        .map(
            all -> {
              CellHistory.Builder history =
                  CellHistory.newBuilder().setEpoch(taken.result().iterator().next().getLong(0));
              addCheckpoint(history, checkpoint.result());
              return page(history, history.getCheckpointOrdinal(), first.result());
            });
  }

  /** The next page of later batches. */
  public Future<CellHistory> later(String tenant, long afterOrdinal) {
    return in(
        tenant,
        statements ->
            statements
                .ask(LATER, Tuple.of(tenant, afterOrdinal))
                .map(rows -> page(CellHistory.newBuilder(), afterOrdinal, rows)),
        End.COMMIT);
  }

  private static void addCheckpoint(CellHistory.Builder history, RowSet<Row> rows) {
    for (Row row : rows) {
      history
          .setCheckpointOrdinal(row.getLong(0))
          .setBridgeState(bytes(row, 1))
          .setTradingState(bytes(row, 2))
          .setMarks(decode(() -> CellMarks.parseFrom(bytes(row, 3))));
    }
  }

  private static CellHistory page(
      CellHistory.Builder history, long afterOrdinal, RowSet<Row> rows) {
    long last = afterOrdinal;
    for (Row row : rows) {
      StoredBatch batch = storedBatch(row);
      history.addBatches(batch);
      last = batch.getOrdinal();
    }
    return history.setLastOrdinal(last).setLast(rows.size() < PAGE).build();
  }

  private static StoredBatch storedBatch(Row row) {
    return decode(
        () ->
            StoredBatch.newBuilder()
                .setTerminal(row.getString(0))
                .setSequence(row.getLong(1))
                .setOrdinal(row.getLong(2))
                .setReceivedMsc(row.getLong(3))
                .setTicks(TickColumns.parseFrom(bytes(row, 4)))
                .addAllSymbols(StoredInputs.parseFrom(bytes(row, 5)).getSymbolsList())
                .setOutcome(TickResult.parseFrom(bytes(row, 6)))
                .build());
  }

  /** Saves a cell's state; an older one never replaces a newer one. */
  public Future<Void> save(String tenant, CheckpointRequest request) {
    Tuple state =
        Tuple.of(
            tenant,
            request.getOrdinal(),
            Buffer.buffer(request.getBridgeState().toByteArray()),
            Buffer.buffer(request.getTradingState().toByteArray()),
            Buffer.buffer(request.getMarks().toByteArray()));
    return in(tenant, statements -> statements.ask(SAVE, state).mapEmpty(), End.COMMIT);
  }

  /**
   * Was this key committed? With {@code fence} the cell's epoch is raised first: that waits for
   * commits which hold the cell, and those which have not reached the server yet will write
   * nothing, so the answer stays true. A sequence at or below the retained mark is {@code EXPIRED},
   * whatever is still there of it.
   */
  public Future<StoreReply> lookup(String tenant, LookupRequest request) {
    return in(tenant, statements -> lookup(statements, tenant, request), End.COMMIT);
  }

  static Future<StoreReply> lookup(Statements statements, String tenant, LookupRequest request) {
    Future<Long> epoch =
        request.getFence() ? fence(statements, tenant) : Future.succeededFuture(0L);
    Future<RowSet<Row>> found =
        statements.ask(FIND, Tuple.of(tenant, request.getTerminal(), request.getSequence()));
    return Future.join(epoch, found)
        .map(
            both ->
                found(found.result(), request, StoreReply.newBuilder().setEpoch(epoch.result())));
  }

  /** The new epoch; 0 when nobody ever took the cell. */
  private static Future<Long> fence(Statements statements, String tenant) {
    return statements
        .ask(FENCE, Tuple.of(tenant))
        .map(rows -> rows.size() == 0 ? 0L : rows.iterator().next().getLong(0));
  }

  private static StoreReply found(
      RowSet<Row> rows, LookupRequest request, StoreReply.Builder reply) {
    Row row = rows.iterator().next();
    if (row.getBoolean(3)) {
      return reply.setOutcome(StoreReply.Outcome.EXPIRED).build();
    }
    if (row.getBuffer(0) == null) {
      return reply.setOutcome(StoreReply.Outcome.ABSENT).build();
    }
    reply.setOrdinal(row.getLong(1));
    if (!bytes(row, 0).equals(request.getContentHash())) {
      return reply.setOutcome(StoreReply.Outcome.CONFLICT).build();
    }
    if (row.getBuffer(2) == null) {
      return reply.setOutcome(StoreReply.Outcome.EXPIRED).build();
    }
    return reply
        .setOutcome(StoreReply.Outcome.DUPLICATE)
        .setStored(decode(() -> TickResult.parseFrom(bytes(row, 2))))
        .build();
  }

  private static ByteString bytes(Row row, int column) {
    return ByteString.copyFrom(row.getBuffer(column).getBytes());
  }

  /**
   * Reads what this program wrote; if that fails the data are corrupt, and nothing may be guessed.
   */
  private static <T> T decode(Decoder<T> decoder) {
    try {
      return decoder.decode();
    } catch (InvalidProtocolBufferException e) {
      throw new UnreadableRow("a stored row cannot be read: " + e.getMessage(), e);
    }
  }

  private interface Decoder<T> {
    T decode() throws InvalidProtocolBufferException;
  }
}
