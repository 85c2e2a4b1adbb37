package io.sub30.database;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sub30.budget.BreakerLimits;
import io.sub30.budget.BreakerStatus;
import io.sub30.budget.EpochClock;
import io.sub30.bus.Faults;
import io.sub30.config.ConfigException;
import io.sub30.config.DatabaseConfig;
import io.sub30.database.columnar.BarsUpTo;
import io.sub30.database.columnar.ClickHouseUri;
import io.sub30.database.columnar.Columnar;
import io.sub30.database.columnar.ColumnarOptions;
import io.sub30.database.columnar.RelayStatus;
import io.sub30.database.columnar.SeriesQuery;
import io.sub30.database.postgres.Audit;
import io.sub30.database.postgres.PostgresUri;
import io.sub30.database.postgres.Role;
import io.sub30.database.postgres.Schema;
import io.sub30.database.spool.Spool;
import io.sub30.v1.DependencyHealth;
import io.sub30.v1.RelayHealth;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the lanes of one process share of its stores: the servers' addresses, and the columnar copy
 * with the relay that feeds it. Thread-safe.
 */
public final class Storage {

  /** Encoded ticks the relay holds at a time, at most. */
  private static final int PAGE_BYTES = 32 << 20;

  /** Between two looks at the partitions of the coming weeks. */
  private static final long PARTITIONS_MILLIS = 12L * 60 * 60 * 1_000;

  private static final Logger log = LoggerFactory.getLogger(Storage.class);

  private final URI postgres;
  private final URI redis;
  private final Path columnarFile;
  private final DatabaseConfig.Columnar bounds;
  private final BreakerLimits breaker;
  private final @Nullable Spool spool;
  private final Keeper keeper;
  private final AtomicBoolean relaying = new AtomicBoolean();
  private final Promise<Columnar> columnar = Promise.promise();

  private Storage(
      URI postgres,
      URI redis,
      Path columnarFile,
      DatabaseConfig config,
      BreakerLimits breaker,
      @Nullable Spool spool) {
    this.postgres = postgres;
    this.redis = redis;
    this.columnarFile = columnarFile;
    this.bounds = config.columnar();
    this.breaker = breaker;
    this.spool = spool;
    this.keeper =
        new Keeper(
            config.retention(),
            new PostgresUri(postgres),
            bounds.clickHouse().isPresent(),
            EpochClock.SYSTEM);
  }

  /**
   * Brings the schema up to date. Blocking: not for an event loop.
   *
   * @param columnarFile of the columnar store; this process is its only writer
   * @param breaker how the relay's attempts are counted
   * @param spool where batches may wait while the system of record is away
   * @throws io.sub30.config.ConfigException when the system of record cannot be used
   */
  public static Storage open(
      URI postgres,
      URI redis,
      Path columnarFile,
      DatabaseConfig config,
      BreakerLimits breaker,
      SpoolPlace spool) {
    Schema.migrate(new PostgresUri(postgres));
    return new Storage(postgres, redis, columnarFile, config, breaker, spool.open());
  }

  /**
   * Where the spool is, if there is one.
   *
   * @param folder of this process
   * @param policy whether batches may wait there
   */
  public record SpoolPlace(Path folder, DatabaseConfig.Down policy) {

    /** Opens it; what an earlier process left there is not forgotten by a change of the policy. */
    private @Nullable Spool open() {
      Path file = folder.resolve("batches.sqlite");
      if (!policy.spools() && !Files.exists(file)) {
        return null;
      }
      Spool opened = Spool.open(file, EpochClock.SYSTEM, policy.spoolMaxBytes());
      if (policy.spools()) {
        return opened;
      }
      long left = opened.entries();
      opened.close();
      if (left > 0) {
        throw new ConfigException(
            "database.when_down is refuse, and "
                + left
                + " acknowledged batches wait in "
                + file
                + "; it must be spool until they are in PostgreSQL");
      }
      return null;
    }
  }

  /** Where batches wait while the system of record is away; null when they are refused. */
  @Nullable Spool spool() {
    return spool;
  }

  /** Registers the figures of retention, and of the spool, if there is one. */
  public void meters(MeterRegistry registry) {
    keeper.meters(registry);
    Spool held = spool;
    if (held != null) {
      Gauge.builder("sub30.spool.entries", held, Spool::entries).register(registry);
      Gauge.builder("sub30.spool.bytes", held, Spool::bytes).register(registry);
      Gauge.builder("sub30.spool.set.aside", held, Spool::aside).register(registry);
      Gauge.builder("sub30.spool.oldest.seconds", held, all -> all.oldestMillis() / 1e3)
          .register(registry);
    }
  }

  /** Closes the spool's file; when no lane is left. */
  public void closeSpool() {
    if (spool != null) {
      spool.close();
    }
  }

  URI postgres() {
    return postgres;
  }

  URI redis() {
    return redis;
  }

  /** Starts relay and retention on the caller's loop; only once, further calls do nothing. */
  Future<Void> relayFrom(Vertx vertx, Faults faults) {
    if (!relaying.compareAndSet(false, true)) {
      return Future.succeededFuture();
    }
    keepPartitionsAhead(vertx);
    keeper.start(vertx, columnar.future());
    ColumnarOptions options =
        new ColumnarOptions(
            columnarFile,
            bounds.memoryLimitBytes(),
            null,
            bounds.pageBatches(),
            bounds.pageTicks(),
            PAGE_BYTES,
            (int) bounds.pollInterval().toMillis(),
            breaker,
            bounds.clickHouse().map(ClickHouseUri::new).orElse(null));
    return Columnar.start(
            vertx, new PostgresUri(postgres).connectOptions(Role.RELAY), options, faults)
        .onComplete(columnar)
        .mapEmpty();
  }

  /** A process may run for longer than the weeks that were made at its start. */
  private void keepPartitionsAhead(Vertx vertx) {
    vertx.setPeriodic(
        PARTITIONS_MILLIS,
        id ->
            vertx
                .executeBlocking(
                    () -> {
                      Schema.partitionsAhead(new PostgresUri(postgres));
                      return null;
                    })
                .onFailure(failure -> log.warn("{}", failure.getMessage())));
  }

  /** What removes expired rows. */
  DependencyHealth retention() {
    return keeper.health();
  }

  /** The columnar store, as one dependency of the process. */
  DependencyHealth health() {
    Future<Columnar> opened = columnar.future();
    DependencyHealth.Builder health = DependencyHealth.newBuilder().setName("columnar");
    if (!opened.succeeded()) {
      return health
          .setDetail(opened.failed() ? String.valueOf(opened.cause().getMessage()) : "opening")
          .build();
    }
    RelayStatus status = opened.result().status();
    return health
        .setUp(status.healthy())
        .setDetail(
            status.detail()
                + ", "
                + status.rowsBehind()
                + " batches behind, "
                + status.lagMillis()
                + " ms, "
                + status.setAside()
                + " set aside")
        .setRelay(
            RelayHealth.newBuilder()
                .setLagMillis(status.lagMillis())
                .setRowsBehind(status.rowsBehind())
                .setBatches(status.batches())
                .setTicks(status.ticks())
                .setSetAside(status.setAside())
                .setFailures(status.failures()))
        .build();
  }

  /** How the relay paces its attempts; on the loop it was started from. Empty while opening. */
  Optional<BreakerStatus> breaker() {
    Future<Columnar> opened = columnar.future();
    return opened.succeeded() ? Optional.of(opened.result().breaker()) : Optional.empty();
  }

  /** M1 bars of the columnar store, with the position of the intake they are as of. */
  Future<BarsUpTo> bars(SeriesQuery query) {
    Future<Columnar> opened = columnar.future();
    return opened.succeeded()
        ? opened.result().barsUpTo(query)
        : Future.failedFuture("the columnar store is not open");
  }

  /** Whether the columnar store answers: reads no bars of nobody. */
  Future<?> readable() {
    return bars(new SeriesQuery("~", "~", "~", 0, 0, 1));
  }

  /** Completes when everything committed before this call is in the columnar store. */
  public Future<Void> caughtUp() {
    return columnar.future().compose(Columnar::caughtUp);
  }

  /**
   * Compares what one terminal was acknowledged with what the two stores hold; the relay should
   * have caught up before.
   */
  public Future<StoredCounts> count(
      Vertx vertx, String tenant, String terminal, List<Long> acknowledged) {
    Future<Audit.Counts> recorded =
        Audit.count(vertx, new PostgresUri(postgres), tenant, terminal, acknowledged);
    Future<Long> batches = columnar.future().compose(store -> store.countBatches(tenant, terminal));
    Future<Long> ticks = columnar.future().compose(store -> store.countTicks(tenant, terminal));
    Future<Long> notOnce = columnar.future().compose(Columnar::duplicates);
    return Future.all(recorded, batches, ticks, notOnce)
        .map(
            done ->
                new StoredCounts(
                    recorded.result().acknowledgedFound(),
                    recorded.result().batches(),
                    recorded.result().ticks(),
                    batches.result(),
                    ticks.result(),
                    notOnce.result()));
  }

  /** Closes the columnar store, if it was opened. */
  public Future<Void> close() {
    Future<Void> kept = keeper.close();
    return relaying.get()
        ? kept.eventually(() -> columnar.future().compose(Columnar::close))
        : kept;
  }
}
