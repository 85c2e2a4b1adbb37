package io.sub30.database.columnar;

import io.sub30.config.RetentionConfig.Kept;
import io.sub30.database.columnar.ColumnarException.Reason;
import io.sub30.v1.TickColumns;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * The columnar store in one DuckDB file, through one connection that writes and one that reads.
 *
 * <p>The appender is not a statement, so it does not make the driver begin its transaction: with
 * {@code setAutoCommit(false)} alone, appended rows were measured to survive a rollback. The
 * transaction is therefore begun by hand, and then rows and watermark do commit together.
 *
 * <p>A connection that failed is closed, which rolls back, and the next call opens another: after
 * some failures (a full disk) DuckDB refuses everything until its file is opened again.
 */
final class DuckDbStore implements ColumnarStore {

  private static final String WATERMARK =
      "SELECT source, CAST(xid AS VARCHAR), id FROM relay_watermark";

  private final DuckDbLink writer;
  private final DuckDbLink reader;

  private DuckDbStore(DuckDb duckDb) {
    this.writer = new DuckDbLink(duckDb);
    this.reader = new DuckDbLink(duckDb);
  }

  /**
   * Opens the file, creating it and its folder when absent.
   *
   * @throws ColumnarException {@code HELD} when another process has it open
   */
  static DuckDbStore open(Path file, long memoryLimitBytes) {
    DuckDbStore store = new DuckDbStore(new DuckDb(file, memoryLimitBytes));
    store.writer.connect();
    return store;
  }

  @Override
  public void append(Block block) {
    write(
        connection -> {
          appendTicks(connection, block);
          DuckDbBars.merge(connection, block);
          appendBatches(connection, block);
          appendPoison(connection, block);
          advance(connection, block);
          return block.upTo();
        });
  }

  private static void appendTicks(DuckDBConnection connection, Block block) throws SQLException {
    try (DuckDBAppender appender =
        connection.createAppender(DuckDBConnection.DEFAULT_SCHEMA, "ticks")) {
      for (Block.Batch batch : block.batches()) {
        TickColumns ticks = batch.ticks();
        for (int i = 0; i < ticks.getTimeMscCount(); i++) {
          appender
              .beginRow()
              .append(batch.tenant())
              .append(batch.terminal())
              .append(batch.sequence())
              .append(ticks.getIndex(i))
              .append(ticks.getSymbols(ticks.getSymbol(i)))
              .append(ticks.getTimeMsc(i))
              .append(ticks.getBid(i))
              .append(ticks.getAsk(i))
              .append(ticks.getLast(i))
              .append(ticks.getVolume(i))
              .append(ticks.getFlags(i))
              .append(ticks.getQuality(i))
              .append(batch.receivedMsc())
              .endRow();
        }
      }
      // Closing would flush too, and keep to itself why that failed.
      appender.flush();
    }
  }

  private static void appendBatches(DuckDBConnection connection, Block block) throws SQLException {
    try (DuckDBAppender appender =
        connection.createAppender(DuckDBConnection.DEFAULT_SCHEMA, "batches")) {
      for (Block.Batch batch : block.batches()) {
        appender
            .beginRow()
            .append(batch.tenant())
            .append(batch.terminal())
            .append(batch.sequence())
            .append(batch.ordinal())
            .append(batch.ticks().getTimeMscCount())
            .append(batch.receivedMsc())
            .endRow();
      }
      appender.flush();
    }
  }

  private static void appendPoison(DuckDBConnection connection, Block block) throws SQLException {
    if (block.poison().isEmpty()) {
      return;
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO relay_poison VALUES (?, CAST(? AS UBIGINT), ?, ?, ?, ?, ?)")) {
      for (Block.Poison poison : block.poison()) {
        insert.setString(1, block.source());
        insert.setString(2, poison.position().xidText());
        insert.setLong(3, poison.position().id());
        insert.setString(4, poison.tenant());
        insert.setString(5, poison.terminal());
        insert.setLong(6, poison.sequence());
        insert.setString(7, poison.reason());
        insert.executeUpdate();
      }
    }
  }

  private static void advance(DuckDBConnection connection, Block block) throws SQLException {
    Watermark stored = stored(connection, block.source());
    if (!stored.equals(block.after())) {
      throw new ColumnarException(
          Reason.STALE, "the store is at " + stored + ", the block follows " + block.after());
    }
    try (PreparedStatement upsert =
        connection.prepareStatement(
            "INSERT INTO relay_watermark VALUES (?, CAST(? AS UBIGINT), ?)"
                + " ON CONFLICT (source) DO UPDATE SET xid = excluded.xid, id = excluded.id")) {
      upsert.setString(1, block.source());
      upsert.setString(2, block.upTo().xidText());
      upsert.setLong(3, block.upTo().id());
      upsert.executeUpdate();
    }
  }

  @Override
  public Watermark watermark(String source) {
    return write(connection -> stored(connection, source));
  }

  private static Watermark stored(DuckDBConnection connection, String source) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(WATERMARK);
        ResultSet rows = select.executeQuery()) {
      if (!rows.next()) {
        return Watermark.START;
      }
      String holder = rows.getString(1);
      if (!holder.equals(source)) {
        throw new ColumnarException(
            Reason.OTHER_SOURCE,
            "the columnar store was filled from PostgreSQL "
                + holder
                + ", this is "
                + source
                + ": move the columnar folder away (it is rebuilt) or use the old server");
      }
      return new Watermark(Long.parseUnsignedLong(rows.getString(2)), rows.getLong(3));
    }
  }

  @Override
  public long setAside() {
    return number("SELECT count(*) FROM relay_poison");
  }

  @Override
  public long countBatches(String tenant, String terminal) {
    return number(
        "SELECT count(*) FROM batches WHERE tenant = ? AND terminal = ?", tenant, terminal);
  }

  @Override
  public long countTicks(String tenant, String terminal) {
    return number("SELECT count(*) FROM ticks WHERE tenant = ? AND terminal = ?", tenant, terminal);
  }

  @Override
  public long duplicates() {
    return number(
        """
        WITH held AS (
          SELECT tenant, terminal, sequence, count(*) AS times, max(ticks) AS ticks
          FROM batches GROUP BY ALL),
        parts AS (
          SELECT tenant, terminal, sequence, count(*) AS ticks, count(DISTINCT idx) AS indexes
          FROM ticks GROUP BY ALL)
        SELECT count(*) FROM held FULL JOIN parts USING (tenant, terminal, sequence)
        WHERE coalesce(held.times, 0) <> 1
           OR coalesce(parts.ticks, 0) <> held.ticks
           OR coalesce(parts.indexes, 0) <> held.ticks\
        """);
  }

  private long number(String query, String... parameters) {
    return reader.inTransaction(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
              select.setString(i + 1, parameters[i]);
            }
            try (ResultSet rows = select.executeQuery()) {
              rows.next();
              return rows.getLong(1);
            }
          }
        });
  }

  @Override
  public List<StoredTick> ticks(SeriesQuery query) {
    return reader.inTransaction(connection -> SeriesStatements.ticks(connection, query));
  }

  @Override
  public List<StoredBar> bars(SeriesQuery query) {
    return BarRange.read(query, this::barsOfTicks, this::wholeBars);
  }

  private List<StoredBar> barsOfTicks(SeriesQuery query) {
    return reader.inTransaction(connection -> SeriesStatements.barsOfTicks(connection, query));
  }

  private List<StoredBar> wholeBars(SeriesQuery query) {
    return reader.inTransaction(connection -> SeriesStatements.bars(connection, query));
  }

  /** {@inheritDoc} Without waiting for an append. */
  @Override
  public BarsUpTo barsUpTo(String source, SeriesQuery query) {
    return reader.inTransaction(
        connection -> {
          Watermark upTo = stored(connection, source);
          return BarsUpTo.of(SeriesStatements.bars(connection, query), upTo);
        });
  }

  @Override
  public Optional<StoredTick> lastQuote(String tenant, String terminal, String symbol) {
    return reader.inTransaction(
        connection -> SeriesStatements.lastQuote(connection, tenant, terminal, symbol));
  }

  @Override
  public TenantRows held(String tenant) {
    return write(connection -> DuckDbTenant.held(connection, tenant));
  }

  @Override
  public TenantRows erase(String tenant) {
    return write(connection -> DuckDbTenant.erase(connection, tenant));
  }

  @Override
  public ExpiredRows expire(Kept kept, long nowMsc) {
    return write(connection -> new DuckDbExpiry(connection, kept, nowMsc).step());
  }

  /**
   * In the writing connection's order: after what it wrote before. When it fails both connections
   * go, since only when the last one does DuckDB opens its file afresh.
   */
  private <T> T write(DuckDbLink.Work<T> work) {
    boolean written = false;
    try {
      T result = writer.inTransaction(work);
      written = true;
      return result;
    } finally {
      if (!written) {
        reader.drop();
      }
    }
  }

  @Override
  public void close() {
    writer.close();
    reader.close();
  }
}
