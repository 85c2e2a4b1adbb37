package io.sub30.gateway;

import io.sub30.budget.BreakerStatus;
import io.sub30.budget.BudgetTracker;
import io.sub30.budget.EpochClock;
import io.sub30.budget.LaneBudget;
import io.sub30.budget.Tier;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.bus.Heartbeats;
import io.sub30.bus.LaneSnapshot;
import io.sub30.bus.Lanes;
import io.sub30.config.Sub30Config;
import io.sub30.gateway.cells.LaneGateway;
import io.sub30.gateway.connections.ConnectionGuard;
import io.sub30.gateway.connections.ListenerOptions;
import io.sub30.gateway.grpc.GrpcHealth;
import io.sub30.gateway.grpc.GrpcReflection;
import io.sub30.gateway.ingress.Ingress;
import io.sub30.gateway.requests.SymbolQueries;
import io.sub30.gateway.sharedrates.SharedRates;
import io.sub30.gateway.tls.ServerCertificate;
import io.sub30.gateway.tls.ShownCertificate;
import io.sub30.gateway.tls.TlsIdentity;
import io.sub30.gateway.tls.TlsOptions;
import io.sub30.v1.DependencyHealth;
import io.sub30.v1.ProcessReadiness;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door and the driver: on every lane one listener (all on the same port, or those of enterprise
 * on one of their own) that authenticates and forwards, and one consumer of {@code gateway.<lane>}
 * that takes batches through the path.
 */
public final class GatewayVerticle extends VerticleBase {

  private static final Logger log = LoggerFactory.getLogger(GatewayVerticle.class);

  /** What is under way when the node stops has so long. */
  private static final long DRAIN_SECONDS = 2;

  private final Bus bus;
  private final Lanes lanes;
  private final Sub30Config config;
  private final BudgetTracker tracker;
  private final LaneBudget budget;
  private final Doors doors;
  private LaneSnapshot snapshot = LaneSnapshot.EMPTY;
  private @Nullable HttpServer server;
  private @Nullable LaneGateway laneGateway;
  private @Nullable SharedRates rates;

  /**
   * @param tracker of this instance alone: its loop is the one that records
   * @param budget likewise
   */
  public GatewayVerticle(
      Bus bus,
      Lanes lanes,
      Sub30Config config,
      BudgetTracker tracker,
      LaneBudget budget,
      Doors doors) {
    this.bus = bus;
    this.lanes = lanes;
    this.config = config;
    this.tracker = tracker;
    this.budget = budget;
    this.doors = doors;
  }

  @Override
  public Future<?> start() {
    int lane = lanes.claim("gateway");
    LaneGateway cells = new LaneGateway(vertx, bus, lane, config.gateway(), budget);
    laneGateway = cells;
    doors.refusals().add(lane, budget.turnedAway());
    ConnectionGuard guard = new ConnectionGuard(doors.connections(), bus.clock(), config.http());
    guard.start(vertx);
    Tier pool = lanes.pool(lane);
    Tier only = config.http().ownListener(pool) ? pool : null;
    SharedRates sharedRates = doors.sharedRates(vertx, config, bus.faults());
    rates = sharedRates;
    Ingress ingress =
        new Ingress(
            vertx,
            bus,
            () -> snapshot,
            doors.ingress(),
            tracker,
            EpochClock.SYSTEM,
            guard,
            sharedRates,
            only);
    HttpFront front =
        new HttpFront(
            vertx,
            ingress,
            bus.clock(),
            config.http(),
            new SymbolQueries(doors.symbols()),
            guard,
            doors.document());
    int port = config.http().portOf(pool);
    ServerCertificate certificate = doors.certificate();
    ShownCertificate shown = certificate == null ? null : certificate.on(port);
    Readiness readiness = new Readiness(bus.clock());
    GrpcHealth health = new GrpcHealth(readiness::ready);
    health.start(vertx);
    front.offer(health);
    if (config.http().grpcReflection()) {
      front.offer(new GrpcReflection());
    }
    HttpServer listener =
        vertx.createHttpServer(
            ListenerOptions.of(config.http(), shown == null ? null : shown.identity())
                .setPort(port));
    server = listener;
    Heartbeats.start(vertx, bus, Heartbeats.identity("gateway", lane, pool), this::health);
    return bus.listen(Address.LANE_TABLE, table -> snapshot = new LaneSnapshot(table.payload()))
        .compose(listening -> bus.listen(Address.READINESS, said -> hear(readiness, said)))
        .compose(listening -> bus.serve(Address.SUBMIT, lane, cells::submit))
        .compose(
            serving ->
                sharedRates == null ? Future.<Void>succeededFuture() : sharedRates.rehearse())
        .compose(
            rehearsed ->
                listener.connectionHandler(guard::connected).requestHandler(front).listen())
        .onSuccess(
            listening -> {
              if (shown != null) {
                keepCurrent(listening, shown);
              }
            });
  }

  private List<DependencyHealth> health() {
    return rates == null ? List.of() : List.of(ratesHealth(rates.status()));
  }

  private static DependencyHealth ratesHealth(BreakerStatus breaker) {
    return DependencyHealth.newBuilder()
        .setName("redis_rates")
        .setUp(breaker.isClosed())
        .setDetail(
            breaker.isClosed()
                ? "rates are shared"
                : "rates are not shared, breaker "
                    + breaker.state().label()
                    + ": "
                    + breaker.lastCause())
        .setBreaker(Heartbeats.breaker(breaker))
        .build();
  }

  /** Connections that exist go on with the certificate they have seen. */
  private void keepCurrent(HttpServer listening, ShownCertificate shown) {
    vertx.setPeriodic(
        shown.refreshMillis(),
        id -> {
          TlsIdentity next = shown.next();
          if (next != null) {
            listening
                .updateSSLOptions(TlsOptions.replacement(next))
                .onFailure(
                    failure -> log.error("the certificate {} cannot be shown", next, failure))
                .onComplete(done -> shown.replaced(next, done.succeeded()));
          }
        });
  }

  /** Of this process alone: in a cluster every one says how it is. */
  private static void hear(Readiness readiness, Envelope<ProcessReadiness> said) {
    if (said.payload().getNode().equals(Heartbeats.node())) {
      readiness.heard(said.payload().getReady());
    }
  }

  /** Requests under way are answered first, streams are told to go, and the cells are saved. */
  @Override
  public Future<?> stop() {
    Future<Void> closed =
        server == null
            ? Future.succeededFuture()
            : server.shutdown(DRAIN_SECONDS, TimeUnit.SECONDS);
    LaneGateway cells = laneGateway;
    Future<Void> saved = cells == null ? closed : closed.eventually(cells::stop);
    SharedRates shared = rates;
    return shared == null ? saved : saved.eventually(shared::close);
  }
}
