package io.sub30.database;

import io.sub30.budget.BreakerLimits;
import io.sub30.budget.BreakerStatus;
import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Dependency;
import io.sub30.bus.DependencyBreaker;
import io.sub30.bus.FaultPoint;
import io.sub30.bus.Heartbeats;
import io.sub30.bus.Hop;
import io.sub30.bus.Lanes;
import io.sub30.config.Sub30Config;
import io.sub30.database.cache.CacheOptions;
import io.sub30.database.cache.TieredCache;
import io.sub30.database.cache.WriteNotices;
import io.sub30.database.postgres.Cells;
import io.sub30.database.postgres.Intake;
import io.sub30.database.postgres.PathRehearsal;
import io.sub30.database.postgres.Pools;
import io.sub30.database.postgres.PostgresUri;
import io.sub30.database.postgres.RecentBatches;
import io.sub30.database.postgres.RecordedSignals;
import io.sub30.database.postgres.Replicas;
import io.sub30.database.spool.Spool;
import io.sub30.v1.DependencyHealth;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.redis.client.RedisOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The stores, as one lane sees them: its own connections to PostgreSQL and the cache, and its share
 * of the columnar store.
 */
public final class DatabaseVerticle extends VerticleBase {

  /** With their pauses some 20 s. */
  private static final int REHEARSALS = 6;

  private static final int REHEARSAL_PAUSE_MILLIS = 500;

  /** Between two looks at whether the server still answers. */
  private static final long PING_MILLIS = 1_000;

  private static final int MAX_PENDING_COMMITS = 4_096;

  /** As long as the gateway waits for a look-up: a read that hangs must count one day. */
  private static final int READ_TIMEOUT_MILLIS = 10_000;

  private final Bus bus;
  private final Lanes lanes;
  private final Sub30Config config;
  private final Storage storage;
  private final UnaryOperator<BatchWriter> edge;
  private @Nullable Pools pools;
  private @Nullable Replicas replicas;
  private @Nullable TieredCache cache;
  private @Nullable WriteNotices notices;
  private @Nullable DependencyBreaker columnarReads;
  private @Nullable SpoolDrain drain;
  private boolean answering;
  private String lastFailure = "not asked yet";

  /**
   * @param storage what the lanes of this process share, opened by its owner
   * @param edge wraps the edge to the system of record; the identity but in tests
   */
  public DatabaseVerticle(
      Bus bus, Lanes lanes, Sub30Config config, Storage storage, UnaryOperator<BatchWriter> edge) {
    this.bus = bus;
    this.lanes = lanes;
    this.config = config;
    this.storage = storage;
    this.edge = edge;
  }

  @Override
  public Future<?> start() {
    int lane = lanes.claim("database");
    Pools opened =
        new Pools(vertx, new PostgresUri(storage.postgres()), config.database().readConnections());
    pools = opened;
    RedisOptions redis = new RedisOptions().setConnectionString(storage.redis().toString());
    TieredCache laneCache =
        TieredCache.create(
            vertx, redis, CacheOptions.with(config.breakers().redis()), bus.faults());
    cache = laneCache;
    BatchWriter sent = edge.apply(new Intake(opened::commits));
    BatchWriter intake = group -> bus.faults().pass(FaultPoint.POSTGRES, () -> sent.write(group));
    DependencyBreaker commitBreaker = commitBreaker(lane, opened, intake);
    DependencyBreaker readBreaker = readBreaker(opened);
    PrimaryReads reads = new PrimaryReads(readBreaker, bus.faults());
    BatchWriter commits = timed(intake, opened);
    RecentOutcomes recent = new RecentOutcomes(vertx, laneCache);
    LastCommits lastCommits = new LastCommits(bus.clock(), LastCommits.MAX_TENANTS);
    TieredCache lastCache =
        TieredCache.local(CacheOptions.with(config.breakers().redis()), bus.clock());
    LatestValues latest = new LatestValues(vertx, lastCache, new Spells(Spells.MAX_TENANTS));
    WriteNotices laneNotices = WriteNotices.start(vertx, redis, new CacheUpkeep(latest, laneCache));
    notices = laneNotices;
    GroupCommit grouped =
        new GroupCommit(
            group -> commitBreaker.call(() -> commits.write(group)),
            config.database().commitGroup(),
            MAX_PENDING_COMMITS);
    Spool spool = storage.spool();
    SpoolWorker spooled = spool == null ? null : new SpoolWorker(vertx, spool);
    StoreService service =
        new StoreService(
            spooled == null
                ? grouped
                : new SpoolingCommits(
                    grouped, spooled, config.database().commitGroup(), MAX_PENDING_COMMITS),
            new Cells(opened.reads()),
            reads,
            recent,
            lastCommits,
            latest,
            laneNotices,
            spooled);
    Replicas laneReplicas = replicas(opened);
    replicas = laneReplicas;
    RoutedReads routes = new RoutedReads(bus.clock());
    SignalReads signals = signals(opened, reads, laneReplicas, lastCommits, laneCache, routes);
    LatestReads latestReads = latestReads(opened, reads, latest, routes);
    DependencyBreaker columnarBreaker = columnarBreaker();
    columnarReads = columnarBreaker;
    BarReads bars =
        new BarReads(
            new BarReads.Sources(
                latestReads, storage, columnarBreaker, new RecentBatches(opened.reads()), reads),
            routes);
    vertx.setPeriodic(0, PING_MILLIS, id -> ping(opened));
    Heartbeats.start(
        vertx,
        bus,
        Heartbeats.identity("database", lane, lanes.pool(lane)),
        () -> health(lane, commitBreaker, readBreaker, laneReplicas));
    return Future.all(
        List.of(
            bus.serve(Address.STORE, lane, service::store),
            bus.serve(Address.LOOKUP, lane, service::lookup),
            bus.serve(Address.OPEN_CELL, lane, service::open),
            bus.serve(Address.CHECKPOINT, lane, service::checkpoint),
            bus.serve(Address.LIST_SIGNALS, lane, signals::list),
            bus.serve(Address.LATEST, lane, latestReads::find),
            bus.serve(Address.BARS, lane, bars::list),
            lane == lanes.offPath()
                ? storage.relayFrom(vertx, bus.faults())
                : Future.succeededFuture(),
            lane == lanes.offPath() && spooled != null
                ? drainFrom(spooled)
                : Future.succeededFuture(),
            rehearsed(() -> new PathRehearsal(opened).run(lane), 1),
            recent.rehearse(lane)));
  }

  /** On connections of its own: the lock that goes with the spool belongs to one of them. */
  private Future<Void> drainFrom(SpoolWorker spooled) {
    Pools own = new Pools(vertx, new PostgresUri(storage.postgres()), 1);
    SpoolDrain opened =
        new SpoolDrain(vertx, spooled, own, timed(edge.apply(new Intake(own::commits)), own));
    drain = opened;
    return opened.start();
  }

  /**
   * Tried again when it fails: while a machine starts everything at once, a connection may take
   * longer than a pool waits for it, and that is no reason not to start.
   */
  private Future<Void> rehearsed(Supplier<Future<Void>> rehearsal, int attempt) {
    return rehearsal
        .get()
        .recover(
            failure ->
                attempt == REHEARSALS
                    ? Future.failedFuture(failure)
                    : vertx
                        .timer(attempt * REHEARSAL_PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                        .compose(later -> rehearsed(rehearsal, attempt + 1)));
  }

  /** Within the breaker: a commit that was given up on counts as failed. */
  private BatchWriter timed(BatchWriter writer, Pools opened) {
    long timeoutMillis = config.database().commitTimeout().toMillis();
    return new TimedWriter(vertx, writer, timeoutMillis, opened::dropCommits);
  }

  private Replicas replicas(Pools opened) {
    List<PostgresUri> servers =
        config.database().reads().replicas().stream().map(PostgresUri::new).toList();
    return new Replicas(
        vertx,
        bus.clock(),
        opened.reads(),
        servers,
        new Replicas.Reading(
            config.database().readConnections(),
            config.database().reads().replicaMaxLag(),
            config.breakers().replica(),
            bus.faults()));
  }

  private SignalReads signals(
      Pools opened,
      PrimaryReads reads,
      Replicas laneReplicas,
      LastCommits lastCommits,
      TieredCache laneCache,
      RoutedReads routes) {
    long ttlMillis = config.database().reads().cacheTtl().toMillis();
    return new SignalReads(
        vertx,
        new SignalReads.Clocks(bus.clock(), EpochClock.SYSTEM),
        new SignalReads.Sources(
            new RecordedSignals(opened.reads()),
            reads,
            laneReplicas,
            new CachedPages(laneCache, EpochClock.SYSTEM, ttlMillis)),
        lastCommits,
        routes);
  }

  private LatestReads latestReads(
      Pools opened, PrimaryReads reads, LatestValues latest, RoutedReads routes) {
    return new LatestReads(
        bus.clock(),
        new LatestReads.Sources(latest, new RecentBatches(opened.reads()), reads),
        routes);
  }

  /** Before the readings of bars; the relay's appends are paced by themselves. */
  private DependencyBreaker columnarBreaker() {
    return new DependencyBreaker(
        vertx,
        bus.clock(),
        Dependency.of("columnar_reads", Hop.DATABASE_SERVICE).withTimeout(READ_TIMEOUT_MILLIS),
        config.breakers().columnar(),
        storage::readable);
  }

  private DependencyBreaker commitBreaker(int lane, Pools opened, BatchWriter intake) {
    CommitProbe probe =
        new CommitProbe(timed(CommitProbe.synced(intake, opened::commits), opened), lane);
    return new DependencyBreaker(
        vertx,
        bus.clock(),
        Dependency.of("postgres", Hop.DATABASE_SERVICE).atFaultWhen(ServerFault::tells),
        scaled(config.breakers().postgres(), lanes.pool(lane)),
        probe::run);
  }

  /** Slow is what leaves the lane's tier no time: a free client can wait longer for a commit. */
  private BreakerLimits scaled(BreakerLimits limits, Tier tier) {
    double patience = (double) bus.plan().totalNanos(tier) / bus.plan().totalNanos();
    return limits.withSlow(Math.max(1, Math.round(limits.slowNanos() * patience)));
  }

  private DependencyBreaker readBreaker(Pools opened) {
    return new DependencyBreaker(
        vertx,
        bus.clock(),
        Dependency.of("postgres_reads", Hop.DATABASE_SERVICE)
            .withTimeout(READ_TIMEOUT_MILLIS)
            .atFaultWhen(ServerFault::tells),
        config.breakers().postgresReads(),
        () -> opened.reads().query("select 1").execute());
  }

  private void ping(Pools opened) {
    opened
        .reads()
        .query("select 1")
        .execute()
        .onComplete(
            answered -> answering = true,
            failure -> {
              answering = false;
              lastFailure = String.valueOf(failure.getMessage());
            });
  }

  private List<DependencyHealth> health(
      int lane, DependencyBreaker commits, DependencyBreaker reads, Replicas laneReplicas) {
    List<DependencyHealth> dependencies = new ArrayList<>();
    dependencies.add(postgresHealth("postgres", commits.status()));
    dependencies.add(postgresHealth("postgres_reads", reads.status()));
    laneReplicas.health().ifPresent(dependencies::add);
    if (cache != null) {
      dependencies.add(redisHealth(cache, notices != null && notices.heard()));
    }
    DependencyHealth.Builder columnar = storage.health().toBuilder();
    if (lane == lanes.offPath()) {
      storage.breaker().ifPresent(status -> columnar.setBreaker(Heartbeats.breaker(status)));
      dependencies.add(storage.retention());
    }
    dependencies.add(columnar.build());
    if (columnarReads != null) {
      dependencies.add(columnarReadsHealth(columnarReads.status()));
    }
    Spool spool = storage.spool();
    if (spool != null) {
      dependencies.add(
          DependencyHealth.newBuilder()
              .setName("spool")
              .setUp(spool.takes() && spool.aside() == 0)
              .setDetail(spool.detail())
              .build());
    }
    return dependencies;
  }

  /** Without it nothing can be stored but in the spool, while that takes batches. */
  private DependencyHealth postgresHealth(String name, BreakerStatus breaker) {
    String detail = answering ? "answering" : lastFailure;
    return DependencyHealth.newBuilder()
        .setName(name)
        .setUp(answering && breaker.isClosed())
        .setRequired(storage.spool() == null || !storage.spool().takes())
        .setDetail(
            breaker.isClosed()
                ? detail
                : detail + ", breaker " + breaker.state().label() + ": " + breaker.lastCause())
        .setBreaker(Heartbeats.breaker(breaker))
        .build();
  }

  private static DependencyHealth columnarReadsHealth(BreakerStatus breaker) {
    return DependencyHealth.newBuilder()
        .setName("columnar_reads")
        .setUp(breaker.isClosed())
        .setDetail(
            breaker.isClosed()
                ? "let through"
                : "breaker " + breaker.state().label() + ": " + breaker.lastCause())
        .setBreaker(Heartbeats.breaker(breaker))
        .build();
  }

  private static DependencyHealth redisHealth(TieredCache laneCache, boolean heard) {
    String detail = laneCache.status().detail();
    DependencyHealth.Builder health =
        DependencyHealth.newBuilder()
            .setName("redis")
            .setUp(laneCache.status().remoteUp())
            .setDetail(heard ? detail : detail + ", what other processes write is not heard of");
    laneCache.breaker().ifPresent(status -> health.setBreaker(Heartbeats.breaker(status)));
    return health.build();
  }

  @Override
  public Future<?> stop() {
    List<Future<?>> closing = new ArrayList<>();
    if (pools != null) {
      closing.add(pools.close());
    }
    if (drain != null) {
      closing.add(drain.close());
    }
    if (replicas != null) {
      closing.add(replicas.close());
    }
    if (cache != null) {
      closing.add(cache.close());
    }
    if (notices != null) {
      closing.add(notices.close());
    }
    if (columnarReads != null) {
      columnarReads.close();
    }
    return closing.isEmpty() ? Future.succeededFuture() : Future.join(closing);
  }
}
