package io.sub30.ops;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sub30.budget.BudgetReport;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Heartbeats;
import io.sub30.config.ConfigException;
import io.sub30.v1.ProcessReadiness;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves operations over HTTP/1.1: health, metrics, the budget table, the table of lanes, the
 * switch for injected faults and a page. One instance a process, deployed as a worker.
 */
public final class OpsVerticle extends VerticleBase {

  private static final Logger log = LoggerFactory.getLogger(OpsVerticle.class);

  private static final int IDLE_TIMEOUT_SECONDS = 30;
  private static final int MAX_LINE_BYTES = 2_048;
  private static final int MAX_HEADER_BYTES = 8_192;
  private static final int MAX_FAULTS_BYTES = 4_096;
  private static final int MAX_MODE_BYTES = 256;

  private static final long ANNOUNCE_MILLIS = 1_000;

  /** An announcement that comes later than the next one says nothing. */
  private static final long ANNOUNCEMENT_NANOS = 2_000_000_000L;

  static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final OpsSettings settings;
  private final Bus bus;
  private final PrometheusMeterRegistry registry;
  private final BudgetSources sources;
  private final LaneView lanes;
  private final HealthChecks health;
  private final Page page = Page.load();
  private final RouteTable routes;
  private final ProcessMetrics processMetrics;
  private volatile int port;

  /**
   * Blocks to read the page. Adds the budget's and the process's metrics to the registry, so there
   * is one verticle for each registry.
   *
   * @param sources asked at each scrape, on a worker
   */
  public OpsVerticle(
      OpsSettings settings,
      Bus bus,
      ReadyState ready,
      PrometheusMeterRegistry registry,
      BudgetSources sources) {
    this.settings = settings;
    this.bus = bus;
    this.registry = registry;
    this.sources = sources;
    this.lanes = new LaneView(bus.clock());
    this.health = new HealthChecks(settings, ready, lanes);
    this.processMetrics = new ProcessMetrics(registry);
    registry.getPrometheusRegistry().register(new BudgetMetrics(this::report));
    registry
        .getPrometheusRegistry()
        .register(new EnforcementMetrics(bus.plan(), sources, bus.wasted()));
    registry.getPrometheusRegistry().register(new BreakerMetrics(lanes::table, settings.lanes()));
    registry.getPrometheusRegistry().register(new RelayMetrics(lanes::table, settings.lanes()));
    ModeControl mode = new ModeControl(sources.mode());
    FaultControl faults = new FaultControl(bus.faults());
    this.routes =
        new RouteTable()
            .get("/", request -> new Answer(200, "text/html; charset=utf-8", page.html()))
            .get("/health/live", request -> answer(health.live()))
            .get("/health/ready", request -> answer(health.ready()))
            .get("/health/started", request -> answer(health.started()))
            .get("/metrics", this::metrics)
            .get(
                "/budget",
                request -> Answer.json(200, BudgetView.of(report(), sources, bus.wasted())))
            .get("/hub", request -> Answer.json(200, lanes.toJson()))
            .get("/mode", request -> mode.show())
            .put("/mode", MAX_MODE_BYTES, mode::change)
            .get("/faults", request -> faults.show())
            .put("/faults", MAX_FAULTS_BYTES, faults::change);
  }

  /** The port that is listened on; 0 before {@link #start} has completed. */
  public int port() {
    return port;
  }

  @Override
  public Future<?> start() {
    boolean loopback = OpsSettings.isLoopback(settings.host());
    if (!loopback && settings.operators() == null) {
      throw new ConfigException(
          "ops.host is "
              + settings.host()
              + ", so operators need a token, and nothing here can check one; set it to 127.0.0.1");
    }
    RequestGuard guard = new RequestGuard(loopback);
    OperatorGate gate = new OperatorGate(loopback ? null : settings.operators());
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(settings.host())
            .setPort(settings.port())
            .setIdleTimeout(IDLE_TIMEOUT_SECONDS)
            .setMaxInitialLineLength(MAX_LINE_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setHttp2ClearTextEnabled(false);
    return bus.listen(Address.LANE_TABLE, table -> lanes.heard(table.payload()))
        .compose(
            listening ->
                vertx
                    .createHttpServer(options)
                    .requestHandler(request -> handle(request, guard, gate))
                    .listen()
                    .recover(this::cannotListen))
        .onSuccess(
            server -> {
              port = server.actualPort();
              announce();
              vertx.setPeriodic(ANNOUNCE_MILLIS, timer -> announce());
            });
  }

  /** Tells the gateways how this process is, for clients that ask them. */
  private void announce() {
    ProcessReadiness readiness =
        ProcessReadiness.newBuilder()
            .setNode(Heartbeats.node())
            .setReady(health.ready().up())
            .build();
    bus.publish(Address.READINESS, bus.own("readiness", ANNOUNCEMENT_NANOS), readiness);
  }

  @Override
  public Future<?> stop() {
    processMetrics.close();
    return Future.succeededFuture();
  }

  private <T> Future<T> cannotListen(Throwable why) {
    return Future.failedFuture(
        new ConfigException(
            "ops cannot listen on "
                + settings.host()
                + ":"
                + settings.port()
                + " ("
                + why.getMessage()
                + "); set ops.port to a free port, or to 0 for any",
            why));
  }

  private void handle(HttpServerRequest request, RequestGuard guard, OperatorGate gate) {
    int maxBodyBytes = routes.maxBodyBytes(request);
    Optional<Answer> refusal =
        gate.refuse(request).or(() -> guard.refuse(request, maxBodyBytes > 0));
    if (refusal.isPresent()) {
      respond(request, refusal.get());
    } else if (maxBodyBytes == 0) {
      respond(request, route(request, Buffer.buffer()));
    } else {
      BoundedBody.read(request, maxBodyBytes)
          .onSuccess(
              body ->
                  respond(
                      request,
                      body.map(whole -> route(request, whole))
                          .orElseGet(() -> tooLarge(maxBodyBytes))));
    }
  }

  private static Answer tooLarge(int maxBodyBytes) {
    return Answer.problem(
        413,
        "too_large",
        "Content Too Large",
        "a body here has " + maxBodyBytes + " bytes at most");
  }

  private Answer route(HttpServerRequest request, Buffer body) {
    try {
      return routes.answer(request, body);
    } catch (RuntimeException e) {
      log.error("{} {} failed", request.method(), request.path(), e);
      return Answer.problem(500, "internal", "Internal Server Error", "it was logged");
    }
  }

  private void respond(HttpServerRequest request, Answer answer) {
    HttpServerResponse response =
        request
            .response()
            .setStatusCode(answer.status())
            .putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType())
            .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
            .putHeader("X-Content-Type-Options", "nosniff")
            .putHeader("Content-Security-Policy", page.policy());
    if (answer.status() == 405) {
      response.putHeader(HttpHeaders.ALLOW, routes.allow(request));
    }
    if (answer.status() == 401) {
      response.putHeader("WWW-Authenticate", "Bearer realm=\"sub30\"");
    }
    boolean unread =
        (answer.status() == 401 || answer.status() == 403) && RequestGuard.hasBody(request);
    if (answer.status() == 413 || unread) { // or the rest of the body would be read to its end
      response.putHeader(HttpHeaders.CONNECTION, "close");
      response.end(answer.body()).onComplete(sent -> request.connection().close());
    } else {
      response.end(answer.body());
    }
  }

  private static Answer answer(HealthChecks.Health health) {
    return Answer.json(health.up() ? 200 : 503, health.body());
  }

  /** OpenMetrics for whoever names it, as Prometheus does; the older text format for all others. */
  private Answer metrics(HttpServerRequest request) {
    String accept = request.getHeader(HttpHeaders.ACCEPT);
    boolean open = accept != null && accept.contains("application/openmetrics-text");
    String contentType = open ? OPEN_METRICS : TEXT;
    return new Answer(200, contentType, Buffer.buffer(registry.scrape(contentType)));
  }

  private BudgetReport report() {
    return sources.report(bus.plan());
  }
}
