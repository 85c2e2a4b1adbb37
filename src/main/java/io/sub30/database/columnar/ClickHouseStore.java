package io.sub30.database.columnar;

import io.sub30.budget.NanoClock;
import io.sub30.config.RetentionConfig.Kept;
import io.sub30.database.columnar.ColumnarException.Reason;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The columnar store in a ClickHouse database, which several processes may share.
 *
 * <p>ClickHouse has no transactions: a block goes there table by table and the watermark last. When
 * that is interrupted the block's rows are there in part, and are seen, until the relay delivers
 * them again from the watermark; every row has a key that the intake determines, and queries count
 * a key once. Two processes that relay the same intake deliver some blocks twice, no more.
 *
 * <p>The server need not be there when the store is made: its tables are looked at before the first
 * call, and again after a failure, since it may have come back with an empty disk.
 */
final class ClickHouseStore implements ColumnarStore {

  private static final long BLOCK_PATIENCE_MILLIS = 100;

  /** Readings of bars that a moving watermark may spoil. */
  private static final int MOST_MOVES = 5;

  private final ClickHouseHttp http;
  private final Object writing = new Object();

  /** Held for reading while bars and watermark are read, so that they belong together. */
  private final ReadWriteLock blockUnderWay = new ReentrantReadWriteLock();

  private volatile boolean blockInPart;

  /** The last that was read or written; the server's may be further by now, never less far. */
  private volatile @Nullable Watermark known;

  private volatile @Nullable ClickHouseBlocks ready;
  private volatile boolean closed;

  ClickHouseStore(ClickHouseUri server) {
    this.http = new ClickHouseHttp(server);
  }

  @Override
  public void append(Block block) {
    synchronized (writing) {
      guarded(
          () -> {
            ClickHouseBlocks blocks = blocks();
            Watermark stored = stored(block.source());
            if (!stored.equals(block.after())) {
              throw new ColumnarException(
                  Reason.STALE,
                  "the store is at " + stored + ", the block follows " + block.after());
            }
            send(blocks, block);
            return stored;
          });
    }
  }

  private void send(ClickHouseBlocks blocks, Block block) {
    blockUnderWay.writeLock().lock();
    try {
      blockInPart = true;
      blocks.send(block);
      known = block.upTo();
      blockInPart = false;
    } finally {
      blockUnderWay.writeLock().unlock();
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Refused while a block of this process is there in part: it would be counted here and again
   * from the intake.
   */
  @Override
  public BarsUpTo barsUpTo(String source, SeriesQuery query) {
    try {
      if (!blockUnderWay.readLock().tryLock(BLOCK_PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new ColumnarException(Reason.FAILED, "a block is being stored");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ColumnarException(Reason.FAILED, "interrupted while a block was being stored");
    }
    try {
      if (blockInPart) {
        throw new ColumnarException(Reason.FAILED, "a block is stored in part");
      }
      return unmoved(source, query);
    } finally {
      blockUnderWay.readLock().unlock();
    }
  }

  /**
   * Bars read while the watermark stood still. It only ever grows, so it did when it is afterwards
   * what it was known to be at any time before.
   */
  private BarsUpTo unmoved(String source, SeriesQuery query) {
    Watermark before = known;
    for (int attempt = 0; attempt <= MOST_MOVES; attempt++) {
      List<StoredBar> bars = bars(query);
      Watermark after = watermark(source);
      if (after.equals(before)) {
        return BarsUpTo.of(bars, after);
      }
      before = after;
    }
    throw new ColumnarException(
        Reason.FAILED, "the watermark moved during each of " + MOST_MOVES + " readings of bars");
  }

  @Override
  public Watermark watermark(String source) {
    return guarded(
        () -> {
          blocks();
          return stored(source);
        });
  }

  private Watermark stored(String source) {
    RowBinaryAnswer answer = new RowBinaryAnswer(http.read(ClickHouseStatements.WATERMARK));
    Watermark highest = Watermark.START;
    while (answer.hasRow()) {
      String holder = answer.text();
      Watermark held = new Watermark(answer.int64(), answer.int64());
      if (!holder.equals(source)) {
        throw http.failure(
            Reason.OTHER_SOURCE,
            "its tables were filled from PostgreSQL "
                + holder
                + ", this is "
                + source
                + ": name another database (it is filled anew) or use the old server",
            null);
      }
      highest = held.compareTo(highest) > 0 ? held : highest;
    }
    known = highest;
    return highest;
  }

  @Override
  public long setAside() {
    return number(ClickHouseStatements.SET_ASIDE);
  }

  @Override
  public long countBatches(String tenant, String terminal) {
    return number(ClickHouseStatements.count("batches", tenant, terminal));
  }

  @Override
  public long countTicks(String tenant, String terminal) {
    return number(ClickHouseStatements.count("ticks", tenant, terminal));
  }

  @Override
  public long duplicates() {
    return number(ClickHouseStatements.DUPLICATES);
  }

  @Override
  public List<StoredTick> ticks(SeriesQuery query) {
    return ClickHouseStatements.readTicks(ask(ClickHouseStatements.ticks(query)));
  }

  @Override
  public List<StoredBar> bars(SeriesQuery query) {
    return BarRange.read(
        query,
        part -> ClickHouseStatements.readBars(ask(ClickHouseStatements.barsOfTicks(part))),
        part -> ClickHouseStatements.readBars(ask(ClickHouseStatements.bars(part))));
  }

  @Override
  public Optional<StoredTick> lastQuote(String tenant, String terminal, String symbol) {
    RowBinaryAnswer key = ask(ClickHouseStatements.lastKey(tenant, terminal, symbol));
    if (!key.hasRow()) {
      return Optional.empty();
    }
    long[] last = {key.int64(), key.int64(), key.int64()};
    RowBinaryAnswer tick = ask(ClickHouseStatements.tick(tenant, terminal, symbol, last));
    return ClickHouseStatements.readTicks(tick).stream().findFirst();
  }

  @Override
  public TenantRows held(String tenant) {
    return new TenantRows(
        number(ClickHouseStatements.held("ticks", tenant)),
        number(ClickHouseStatements.held("bars", tenant)),
        number(ClickHouseStatements.held("batches", tenant)),
        number(ClickHouseStatements.held("relay_poison", tenant)));
  }

  /** {@inheritDoc} Table by table; what is interrupted is completed by the next call. */
  @Override
  public TenantRows erase(String tenant) {
    synchronized (writing) {
      TenantRows held = held(tenant);
      return guarded(
          () -> {
            ClickHouseMutations mutations = new ClickHouseMutations(http, NanoClock.SYSTEM);
            for (String table : ClickHouseStatements.OF_TENANTS) {
              mutations.delete(table, ClickHouseStatements.ofTenant(tenant));
            }
            return held;
          });
    }
  }

  /** {@inheritDoc} The relay goes on meanwhile: a mutation is of the parts that are there. */
  @Override
  public ExpiredRows expire(Kept kept, long nowMsc) {
    return guarded(
        () -> {
          blocks();
          ClickHouseMutations mutations = new ClickHouseMutations(http, NanoClock.SYSTEM);
          return new ClickHouseExpiry(http, mutations, kept, nowMsc).step();
        });
  }

  private long number(String query) {
    return ask(query).int64();
  }

  private RowBinaryAnswer ask(String query) {
    return guarded(
        () -> {
          blocks();
          return new RowBinaryAnswer(http.read(query));
        });
  }

  /** A call to the server. */
  @FunctionalInterface
  private interface Call<T> {
    T run();
  }

  private <T> T guarded(Call<T> call) {
    try {
      return call.run();
    } catch (ColumnarException e) {
      if (e.reason() == Reason.FAILED) {
        ready = null;
      }
      throw e;
    }
  }

  private ClickHouseBlocks blocks() {
    ClickHouseBlocks blocks = ready;
    if (blocks == null) {
      if (closed) {
        throw new ColumnarException(Reason.FAILED, "the columnar store is closed");
      }
      blocks = new ClickHouseBlocks(http, ClickHouseSchema.create(http));
      ready = blocks;
    }
    return blocks;
  }

  @Override
  public void close() {
    synchronized (writing) {
      if (!closed) {
        closed = true;
        ready = null;
        http.close();
      }
    }
  }
}
