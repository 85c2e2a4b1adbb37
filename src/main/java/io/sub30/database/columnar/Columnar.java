package io.sub30.database.columnar;

import io.sub30.budget.BreakerStatus;
import io.sub30.bus.Faults;
import io.sub30.config.RetentionConfig.Kept;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.pgclient.PgConnectOptions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The columnar copy and its relay, put together: everything the rest of the database component
 * needs of them. One in a process; one in all of a data folder when the store is DuckDB, whose file
 * has one writing process.
 *
 * <p>Futures complete on the caller's context and fail with {@link ColumnarException}. The relay
 * reads PostgreSQL on the context {@link #start} was called on.
 */
public final class Columnar {

  private static final int MOST_BLOCKED_MINUTES = 5;

  /** Readings of bars that may wait; each takes some milliseconds. */
  private static final int MOST_READERS = 64;

  private final AtomicInteger readers = new AtomicInteger();
  private final ColumnarStore store;
  private final Relay relay;
  private final WorkerExecutor writing;
  private final WorkerExecutor reading;

  private Columnar(
      ColumnarStore store, Relay relay, WorkerExecutor writing, WorkerExecutor reading) {
    this.store = store;
    this.relay = relay;
    this.writing = writing;
    this.reading = reading;
  }

  /**
   * Opens the store and begins to relay. Neither PostgreSQL nor ClickHouse need be up: the relay
   * keeps trying, {@link #status()} tells.
   *
   * @param intake where {@code tick_batches} is, as a user that may read all of it
   * @param faults those of {@code columnar} are injected into every append
   * @return fails with {@link ColumnarException} when the file cannot be opened, {@code HELD} when
   *     another process has it
   */
  public static Future<Columnar> start(
      Vertx vertx, PgConnectOptions intake, ColumnarOptions options, Faults faults) {
    WorkerExecutor writing = worker(vertx, "sub30-columnar-write");
    WorkerExecutor reading = worker(vertx, "sub30-columnar-read");
    return writing
        .executeBlocking(() -> open(options))
        .map(
            store -> {
              Relay relay =
                  new Relay(vertx, intake, new RelayTarget(store, writing, faults), options);
              relay.start();
              return new Columnar(store, relay, writing, reading);
            })
        .onFailure(
            e -> {
              writing.close();
              reading.close();
            });
  }

  private static ColumnarStore open(ColumnarOptions options) {
    ClickHouseUri server = options.clickHouse();
    return server == null
        ? DuckDbStore.open(options.file(), options.memoryLimitBytes())
        : new ClickHouseStore(server);
  }

  private static WorkerExecutor worker(Vertx vertx, String name) {
    return vertx.createSharedWorkerExecutor(name, 1, MOST_BLOCKED_MINUTES, TimeUnit.MINUTES);
  }

  /** Health, lag and counts, from any thread. */
  public RelayStatus status() {
    return relay.status();
  }

  /** How the relay paces its attempts; on the context {@link #start} was called on. */
  public BreakerStatus breaker() {
    return relay.breaker();
  }

  /** Completes when everything committed before this call is in the columnar store. */
  public Future<Void> caughtUp() {
    return relay.caughtUp();
  }

  /** Batches of one terminal in the store. */
  public Future<Long> countBatches(String tenant, String terminal) {
    return read(() -> store.countBatches(tenant, terminal));
  }

  /** Ticks of one terminal in the store. */
  public Future<Long> countTicks(String tenant, String terminal) {
    return read(() -> store.countTicks(tenant, terminal));
  }

  /** Batches that are not in the store exactly once and whole; zero when all is well. */
  public Future<Long> duplicates() {
    return read(store::duplicates);
  }

  /** Ticks of a terminal and symbol, oldest first. */
  public Future<List<StoredTick>> ticks(SeriesQuery query) {
    return read(() -> store.ticks(query));
  }

  /** M1 bars of a terminal and symbol, oldest first. */
  public Future<List<StoredBar>> bars(SeriesQuery query) {
    return read(() -> store.bars(query));
  }

  /**
   * M1 bars of a terminal and symbol, oldest first, with the position they are as of. From any
   * thread; waits for its turn behind at most {@value #MOST_READERS} others.
   *
   * @return fails with {@link ColumnarException} {@code FAILED} when more wait, or while it is not
   *     known which intake the store was filled from
   */
  public Future<BarsUpTo> barsUpTo(SeriesQuery query) {
    String source = relay.source();
    if (source == null) {
      return refused("the relay has not reached PostgreSQL yet");
    }
    if (readers.incrementAndGet() > MOST_READERS) {
      readers.decrementAndGet();
      return refused(MOST_READERS + " readings wait already, which is the bound");
    }
    return read(() -> store.barsUpTo(source, query)).onComplete(done -> readers.decrementAndGet());
  }

  private static <T> Future<T> refused(String why) {
    return Future.failedFuture(new ColumnarException(ColumnarException.Reason.FAILED, why));
  }

  /**
   * Up to where the store has the intake, by its own word. From any thread.
   *
   * @return fails with {@link ColumnarException} {@code FAILED} while it is not known which intake
   *     the store was filled from
   */
  public Future<RelayedUpTo> relayedUpTo() {
    String source = relay.source();
    if (source == null) {
      return refused("the relay has not reached PostgreSQL yet");
    }
    return writing.executeBlocking(
        () -> {
          Watermark stored = store.watermark(source);
          return new RelayedUpTo(stored.xidText(), stored.id());
        });
  }

  /**
   * Removes a bounded part of what has expired. Blocking: on a worker of the caller's.
   *
   * @return none when nothing has expired any more
   */
  public ExpiredRows expire(Kept kept, long nowMsc) {
    return store.expire(kept, nowMsc);
  }

  /** The newest priced tick of a terminal and symbol; empty when there is none. */
  public Future<Optional<StoredTick>> lastQuote(String tenant, String terminal, String symbol) {
    return read(() -> store.lastQuote(tenant, terminal, symbol));
  }

  /** Stops the relay after the append in flight and closes the file. */
  public Future<Void> close() {
    return relay
        .close()
        .compose(
            closed ->
                writing.executeBlocking(
                    () -> {
                      store.close();
                      return null;
                    }))
        .eventually(() -> Future.join(writing.close(), reading.close()))
        .mapEmpty();
  }

  private <T> Future<T> read(Callable<T> query) {
    return reading.executeBlocking(query, false);
  }
}
