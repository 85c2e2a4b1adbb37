package io.sub30.database.postgres;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
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
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;

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

  private static final String LATER =
      "select terminal, sequence, ordinal, received_msc, ticks, inputs, outcome from tick_batches"
          + " where tenant = $1 and ordinal > $2 order by ordinal limit "
          + PAGE;

  private static final String SAVE =
      "insert into cell_checkpoints (tenant, ordinal, bridge_state, trading_state, marks) values"
          + " ($1, $2, $3, $4, $5) on conflict (tenant) do update set ordinal = excluded.ordinal,"
          + " bridge_state = excluded.bridge_state, trading_state = excluded.trading_state, marks ="
          + " excluded.marks where cell_checkpoints.ordinal < excluded.ordinal";

  private static final String FIND =
      "select k.content_hash, k.ordinal, b.outcome from batch_keys k left join tick_batches b using"
          + " (tenant, ordinal) where k.tenant = $1 and k.terminal = $2 and k.sequence = $3";

  private final Pool pool;

  public Cells(Pool pool) {
    this.pool = pool;
  }

  /**
   * Takes the cell, so that no earlier owner can commit, and reads its checkpoint and the first
   * page of later batches.
   */
  public Future<CellHistory> take(String tenant) {
    return pool.withConnection(connection -> take(connection, tenant));
  }

  static Future<CellHistory> take(SqlConnection connection, String tenant) {
    return connection
        .preparedQuery(TAKE)
        .execute(Tuple.of(tenant))
        .map(rows -> CellHistory.newBuilder().setEpoch(rows.iterator().next().getLong(0)))
        .compose(history -> addCheckpoint(connection, tenant, history))
        .compose(history -> addLater(connection, tenant, history.getCheckpointOrdinal(), history));
  }

  /** The next page of later batches. */
  public Future<CellHistory> later(String tenant, long afterOrdinal) {
    return pool.withConnection(
        connection -> addLater(connection, tenant, afterOrdinal, CellHistory.newBuilder()));
  }

  private static Future<CellHistory.Builder> addCheckpoint(
      SqlConnection connection, String tenant, CellHistory.Builder history) {
    return connection
        .preparedQuery(CHECKPOINT)
        .execute(Tuple.of(tenant))
        .map(
            rows -> {
              for (Row row : rows) {
                history
                    .setCheckpointOrdinal(row.getLong(0))
                    .setBridgeState(bytes(row, 1))
                    .setTradingState(bytes(row, 2))
                    .setMarks(decode(() -> CellMarks.parseFrom(bytes(row, 3))));
              }
              return history;
            });
  }

  private static Future<CellHistory> addLater(
      SqlConnection connection, String tenant, long afterOrdinal, CellHistory.Builder history) {
    return connection
        .preparedQuery(LATER)
        .execute(Tuple.of(tenant, afterOrdinal))
        .map(
            rows -> {
              long last = afterOrdinal;
              for (Row row : rows) {
                StoredBatch batch = storedBatch(row);
                history.addBatches(batch);
                last = batch.getOrdinal();
              }
              return history.setLastOrdinal(last).setLast(rows.size() < PAGE).build();
            });
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
    return pool.preparedQuery(SAVE).execute(state).mapEmpty();
  }

  /**
   * Was this key committed? With {@code fence} the cell's epoch is raised first: that waits for
   * commits which hold the cell, and those which have not reached the server yet will write
   * nothing, so the answer stays true.
   */
  public Future<StoreReply> lookup(String tenant, LookupRequest request) {
    return pool.withConnection(connection -> lookup(connection, tenant, request));
  }

  static Future<StoreReply> lookup(SqlConnection connection, String tenant, LookupRequest request) {
    Future<Long> epoch =
        request.getFence() ? fence(connection, tenant) : Future.succeededFuture(0L);
    return epoch.compose(
        raised ->
            connection
                .preparedQuery(FIND)
                .execute(Tuple.of(tenant, request.getTerminal(), request.getSequence()))
                .map(rows -> found(rows, request, StoreReply.newBuilder().setEpoch(raised))));
  }

  /** The new epoch; 0 when nobody ever took the cell. */
  private static Future<Long> fence(SqlConnection connection, String tenant) {
    return connection
        .preparedQuery(FENCE)
        .execute(Tuple.of(tenant))
        .map(rows -> rows.size() == 0 ? 0L : rows.iterator().next().getLong(0));
  }

  private static StoreReply found(
      RowSet<Row> rows, LookupRequest request, StoreReply.Builder reply) {
    if (rows.size() == 0) {
      return reply.setOutcome(StoreReply.Outcome.ABSENT).build();
    }
    Row row = rows.iterator().next();
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
