package io.sub30.database;

import io.sub30.budget.EpochClock;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.FaultPoint;
import io.sub30.bus.Heartbeats;
import io.sub30.bus.Lanes;
import io.sub30.config.DatabaseConfig;
import io.sub30.database.cache.CacheOptions;
import io.sub30.database.cache.CacheStatus;
import io.sub30.database.cache.TieredCache;
import io.sub30.database.postgres.Cells;
import io.sub30.database.postgres.Intake;
import io.sub30.database.postgres.PathRehearsal;
import io.sub30.database.postgres.Pools;
import io.sub30.database.postgres.PostgresUri;
import io.sub30.database.postgres.RecordedSignals;
import io.sub30.database.postgres.Replicas;
import io.sub30.v1.DependencyHealth;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.circuitbreaker.CircuitBreakerState;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.redis.client.RedisOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The stores, as one lane sees them: its own connections to PostgreSQL and the cache, and its share
 * of the columnar store.
 */
public final class DatabaseVerticle extends VerticleBase {

  /** Between two looks at whether the server still answers. */
  private static final long PING_MILLIS = 1_000;

  private static final int MAX_PENDING_COMMITS = 4_096;

  private final Bus bus;
  private final Lanes lanes;
  private final DatabaseConfig config;
  private final Storage storage;
  private final UnaryOperator<BatchWriter> edge;
  private @Nullable Pools pools;
  private @Nullable Replicas replicas;
  private @Nullable TieredCache cache;
  private boolean answering;
  private String lastFailure = "not asked yet";

  /**
   * @param storage what the lanes of this process share, opened by its owner
   * @param edge wraps the edge to the system of record; the identity but in tests
   */
  public DatabaseVerticle(
      Bus bus,
      Lanes lanes,
      DatabaseConfig config,
      Storage storage,
      UnaryOperator<BatchWriter> edge) {
    this.bus = bus;
    this.lanes = lanes;
    this.config = config;
    this.storage = storage;
    this.edge = edge;
  }

  @Override
  public Future<?> start() {
    int lane = lanes.claim("database");
    Pools opened = new Pools(vertx, new PostgresUri(storage.postgres()), config.readConnections());
    pools = opened;
    TieredCache laneCache =
        TieredCache.create(
            vertx,
            new RedisOptions().setConnectionString(storage.redis().toString()),
            CacheOptions.DEFAULT,
            bus.faults());
    cache = laneCache;
    CircuitBreaker breaker = breaker();
    RecentOutcomes recent = new RecentOutcomes(vertx, laneCache);
    LastCommits lastCommits = new LastCommits(bus.clock(), LastCommits.MAX_TENANTS);
    StoreService service =
        new StoreService(
            new GroupCommit(
                new BreakerWriter(breaker, writer(opened)),
                config.commitGroup(),
                MAX_PENDING_COMMITS),
            new Cells(opened.reads()),
            recent,
            lastCommits,
            bus.faults());
    Replicas laneReplicas = replicas(opened);
    replicas = laneReplicas;
    SignalReads signals = signals(opened, laneReplicas, laneCache, lastCommits);
    vertx.setPeriodic(0, PING_MILLIS, id -> ping(opened));
    Heartbeats.start(
        vertx,
        bus,
        Heartbeats.identity("database", lane, lanes.pool(lane)),
        () -> health(breaker, laneReplicas, laneCache));
    return Future.all(
        List.of(
            bus.serve(Address.STORE, lane, service::store),
            bus.serve(Address.LOOKUP, lane, service::lookup),
            bus.serve(Address.OPEN_CELL, lane, service::open),
            bus.serve(Address.CHECKPOINT, lane, service::checkpoint),
            bus.serve(Address.LIST_SIGNALS, lane, signals::list),
            lane == lanes.offPath()
                ? storage.relayFrom(vertx, bus.faults())
                : Future.succeededFuture(),
            new PathRehearsal(opened).run(lane),
            recent.rehearse(lane)));
  }

  private BatchWriter writer(Pools opened) {
    BatchWriter intake = edge.apply(new Intake(opened::commits));
    BatchWriter faulted =
        group -> bus.faults().pass(FaultPoint.POSTGRES, () -> intake.write(group));
    return new TimedWriter(vertx, faulted, config.commitTimeout().toMillis(), opened::dropCommits);
  }

  private Replicas replicas(Pools opened) {
    List<PostgresUri> servers = config.reads().replicas().stream().map(PostgresUri::new).toList();
    return new Replicas(
        vertx,
        bus.clock(),
        opened.reads(),
        servers,
        new Replicas.Limits(config.readConnections(), config.reads().replicaMaxLag()));
  }

  private SignalReads signals(
      Pools opened, Replicas laneReplicas, TieredCache laneCache, LastCommits lastCommits) {
    long ttlMillis = config.reads().cacheTtl().toMillis();
    return new SignalReads(
        vertx,
        new SignalReads.Clocks(bus.clock(), EpochClock.SYSTEM),
        new SignalReads.Sources(
            new RecordedSignals(opened.reads()),
            laneReplicas,
            new CachedPages(laneCache, EpochClock.SYSTEM, ttlMillis)),
        lastCommits,
        bus.faults());
  }

  private CircuitBreaker breaker() {
    CircuitBreakerOptions options =
        new CircuitBreakerOptions()
            .setMaxFailures(config.breakerFailures())
            .setTimeout(
                -1) // TimedWriter knows better: a commit that is given up on must be looked up
            .setResetTimeout(config.breakerReset().toMillis());
    return CircuitBreaker.create("postgres", vertx, options);
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
      CircuitBreaker breaker, Replicas laneReplicas, TieredCache laneCache) {
    List<DependencyHealth> dependencies = new ArrayList<>();
    boolean closed = breaker.state() == CircuitBreakerState.CLOSED;
    dependencies.add(
        DependencyHealth.newBuilder()
            .setName("postgres")
            .setUp(answering)
            .setRequired(true)
            .setDetail(
                answering
                    ? (closed ? "answering" : "answering, breaker " + breaker.state())
                    : lastFailure)
            .build());
    laneReplicas.health().ifPresent(dependencies::add);
    dependencies.add(redisHealth(laneCache.status()));
    dependencies.add(storage.health());
    return dependencies;
  }

  private static DependencyHealth redisHealth(CacheStatus status) {
    return DependencyHealth.newBuilder()
        .setName("redis")
        .setUp(status.remoteUp())
        .setDetail(status.detail())
        .build();
  }

  @Override
  public Future<?> stop() {
    List<Future<?>> closing = new ArrayList<>();
    if (pools != null) {
      closing.add(pools.close());
    }
    if (replicas != null) {
      closing.add(replicas.close());
    }
    if (cache != null) {
      closing.add(cache.close());
    }
    return closing.isEmpty() ? Future.succeededFuture() : Future.join(closing);
  }
}
