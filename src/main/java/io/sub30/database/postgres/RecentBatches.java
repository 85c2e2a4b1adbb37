package io.sub30.database.postgres;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.TickColumns;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A tenant's newest batches, newest first, for what is nowhere else: the last quote and the last
 * prediction of a symbol, and the ticks the columnar store does not have yet. Lane-bound; not
 * thread-safe.
 */
public final class RecentBatches {

  /** Batches one question looks through. */
  public static final int PAGE = 2_048;

  /** Batches, and ticks, that a terminal's bars are made of at most; one batch always. */
  public static final int MAX_BATCHES = 1_000;

  private static final int MAX_TICKS = 20_000;

  /** Of a page, those that are answered. */
  private static final int MATCHES = 2;

  /**
   * Names within an encoded message are found as bytes, so that only a match is sent; a match may
   * still turn out to be none.
   */
  private static final String MATCHING =
      """
      select terminal, sequence, ordinal, received_msc, ticks, outcome
      from (select * from tick_batches where tenant = $1 and ordinal < $2
            order by ordinal desc limit $5) as page
      where ($3 = '' or terminal = $3) and position($4::bytea in %s) > 0
      order by ordinal desc limit $6
      """;

  private static final String WITH_TICKS = MATCHING.formatted("ticks");
  private static final String WITH_OUTCOME = MATCHING.formatted("outcome");

  private static final String OLDEST_OF_PAGE =
      "select ordinal from tick_batches where tenant = $1 and ordinal < $2 order by ordinal desc"
          + " offset $3 limit 1";

  /** What one question decodes is bounded in ticks too: it is done on the lane. */
  private static final String BOUNDED =
      """
      select terminal, sequence, ordinal, received_msc, ticks, ''::bytea, total
      from (select terminal, sequence, ordinal, received_msc, ticks,
                   sum(tick_count) over (order by ordinal %1$s rows unbounded preceding) as ticks_so_far,
                   row_number() over (order by ordinal %1$s) as place, count(*) over () as total
            from (select * from tick_batches where tenant = $1 and terminal = $2 %2$s
                  order by %3$s limit $3 + 1) as asked) as counted
      where place = 1 or (place <= $3 and ticks_so_far <= $4)
      order by place
      """;

  /** In the order of the relay's index: by ordinals the tenant's whole past would be walked. */
  static final String AFTER =
      BOUNDED.formatted("asc", "and (xid, id) > ($5::text::xid8, $6::bigint)", "xid, id");

  private static final String NEWEST = BOUNDED.formatted("desc", "", "ordinal desc");

  private final Pool pool;

  public RecentBatches(Pool pool) {
    this.pool = pool;
  }

  /** Batches with a tick of the symbol, newest first, of those one page below an ordinal. */
  public Future<List<StoredBatch>> withTicks(
      String tenant, String terminal, String symbol, long below) {
    return matching(WITH_TICKS, tenant, terminal, symbol, below);
  }

  /** Likewise, with a prediction for the symbol. */
  public Future<List<StoredBatch>> withPrediction(
      String tenant, String terminal, String symbol, long below) {
    return matching(WITH_OUTCOME, tenant, terminal, symbol, below);
  }

  private Future<List<StoredBatch>> matching(
      String sql, String tenant, String terminal, String symbol, long below) {
    Tuple parameters =
        Tuple.of(tenant, below, terminal, field(symbol), (long) PAGE, (long) MATCHES);
    return TenantTransaction.read(pool, tenant, sql, parameters).map(RecentBatches::batches);
  }

  /** The ordinal a page below this one ends with; 0 when nothing is below that page. */
  public Future<Long> pageEnd(String tenant, long below) {
    Tuple parameters = Tuple.of(tenant, below, (long) PAGE - 1);
    return TenantTransaction.read(pool, tenant, OLDEST_OF_PAGE, parameters)
        .map(rows -> rows.size() == 0 ? 0L : rows.iterator().next().getLong(0));
  }

  /**
   * Batches of a terminal, as many as the bounds allow.
   *
   * @param whole whether these are all there are
   */
  public record Some(List<StoredBatch> batches, boolean whole) {}

  /**
   * Batches of a terminal that were committed after a position of the intake, the first ones first.
   *
   * @param xid of the position, as PostgreSQL writes it
   */
  public Future<Some> after(String tenant, String terminal, String xid, long id) {
    Tuple parameters = Tuple.of(tenant, terminal, (long) MAX_BATCHES, (long) MAX_TICKS, xid, id);
    return TenantTransaction.read(pool, tenant, AFTER, parameters).map(RecentBatches::some);
  }

  /** The newest batches of a terminal, the newest first. */
  public Future<Some> newest(String tenant, String terminal) {
    Tuple parameters = Tuple.of(tenant, terminal, (long) MAX_BATCHES, (long) MAX_TICKS);
    return TenantTransaction.read(pool, tenant, NEWEST, parameters).map(RecentBatches::some);
  }

  private static Some some(RowSet<Row> rows) {
    long total = rows.size() == 0 ? 0 : rows.iterator().next().getLong(6);
    return new Some(batches(rows), rows.size() == total);
  }

  private static List<StoredBatch> batches(RowSet<Row> rows) {
    List<StoredBatch> batches = new ArrayList<>(rows.size());
    for (Row row : rows) {
      batches.add(batch(row));
    }
    return batches;
  }

  private static StoredBatch batch(Row row) {
    try {
      return StoredBatch.newBuilder()
          .setTerminal(row.getString(0))
          .setSequence(row.getLong(1))
          .setOrdinal(row.getLong(2))
          .setReceivedMsc(row.getLong(3))
          .setTicks(TickColumns.parseFrom(row.getBuffer(4).getBytes()))
          .setOutcome(TickResult.parseFrom(row.getBuffer(5).getBytes()))
          .build();
    } catch (InvalidProtocolBufferException e) {
      throw new UnreadableRow(
          "batch " + row.getLong(2) + " of a tenant cannot be decoded: " + e.getMessage(), e);
    }
  }

  /** Field 1 with that text, as both a list of symbols and a prediction have it. */
  private static Buffer field(String symbol) {
    byte[] bytes = new byte[CodedOutputStream.computeStringSize(1, symbol)];
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.writeString(1, symbol);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException("an array of the right size does not fail", e);
    }
    return Buffer.buffer(bytes);
  }
}
