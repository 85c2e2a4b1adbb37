package io.sub30.ops;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sub30.budget.BudgetReport;
import io.sub30.budget.BudgetTracker;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.config.ConfigException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves operations over HTTP/1.1, GET only: health, metrics, the budget table, the table of lanes
 * and a page. One instance a process, deployed as a worker.
 */
public final class OpsVerticle extends VerticleBase {

  private static final Logger log = LoggerFactory.getLogger(OpsVerticle.class);

  private static final int IDLE_TIMEOUT_SECONDS = 30;
  private static final int MAX_LINE_BYTES = 2_048;
  private static final int MAX_HEADER_BYTES = 8_192;

  static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final OpsSettings settings;
  private final Bus bus;
  private final PrometheusMeterRegistry registry;
  private final Supplier<List<BudgetTracker>> trackers;
  private final LaneView lanes;
  private final HealthChecks health;
  private final Page page = Page.load();
  private final Map<String, Function<HttpServerRequest, Answer>> routes;
  private final ProcessMetrics processMetrics;
  private volatile int port;

  /**
   * Blocks to read the page. Adds the budget's and the process's metrics to the registry, so there
   * is one verticle for each registry.
   *
   * @param trackers those of all lanes; asked at each scrape, on a worker
   */
  public OpsVerticle(
      OpsSettings settings,
      Bus bus,
      ReadyState ready,
      PrometheusMeterRegistry registry,
      Supplier<List<BudgetTracker>> trackers) {
    this.settings = settings;
    this.bus = bus;
    this.registry = registry;
    this.trackers = trackers;
    this.lanes = new LaneView(bus.clock());
    this.health = new HealthChecks(settings, ready, lanes);
    this.processMetrics = new ProcessMetrics(registry);
    registry.getPrometheusRegistry().register(new BudgetMetrics(this::report));
    registry.getPrometheusRegistry().register(new BreakerMetrics(lanes::table, settings.lanes()));
    this.routes =
        Map.of(
            "/", request -> new Answer(200, "text/html; charset=utf-8", page.html()),
            "/health/live", request -> answer(health.live()),
            "/health/ready", request -> answer(health.ready()),
            "/health/started", request -> answer(health.started()),
            "/metrics", this::metrics,
            "/budget", request -> Answer.json(200, BudgetView.of(report())),
            "/hub", request -> Answer.json(200, lanes.toJson()));
  }

  /** The port that is listened on; 0 before {@link #start} has completed. */
  public int port() {
    return port;
  }

  @Override
  public Future<?> start() {
    RequestGuard guard = new RequestGuard(isLoopback());
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
                    .requestHandler(request -> handle(request, guard))
                    .listen()
                    .recover(this::cannotListen))
        .onSuccess(server -> port = server.actualPort());
  }

  @Override
  public Future<?> stop() {
    processMetrics.close();
    return Future.succeededFuture();
  }

  private boolean isLoopback() {
    try {
      return InetAddress.getByName(settings.host()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new ConfigException(
          "ops.host is " + settings.host() + ", which is no address of this machine", e);
    }
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

  private void handle(HttpServerRequest request, RequestGuard guard) {
    Answer answer;
    try {
      answer = guard.refuse(request).orElseGet(() -> route(request));
    } catch (RuntimeException e) {
      log.error("{} {} failed", request.method(), request.path(), e);
      answer = Answer.problem(500, "internal", "Internal Server Error", "it was logged");
    }
    HttpServerResponse response =
        request
            .response()
            .setStatusCode(answer.status())
            .putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType())
            .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
            .putHeader("X-Content-Type-Options", "nosniff")
            .putHeader("Content-Security-Policy", page.policy());
    if (answer.status() == 405) {
      response.putHeader(HttpHeaders.ALLOW, "GET");
    }
    if (answer.status() == 413) { // or the rest of the body would be read to its end
      response.putHeader(HttpHeaders.CONNECTION, "close");
      response.end(answer.body()).onComplete(sent -> request.connection().close());
    } else {
      response.end(answer.body());
    }
  }

  private Answer route(HttpServerRequest request) {
    String path = request.path();
    Function<HttpServerRequest, Answer> route = path == null ? null : routes.get(path);
    if (route == null) {
      return Answer.problem(
          404, "not_found", "Not Found", "there is " + String.join(", ", sorted()));
    }
    if (!request.method().equals(HttpMethod.GET)) {
      return Answer.problem(
          405,
          "method_not_allowed",
          "Method Not Allowed",
          request.method() + " is not answered, only GET is");
    }
    return route.apply(request);
  }

  private List<String> sorted() {
    return routes.keySet().stream().sorted().toList();
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
    BudgetReport report = new BudgetReport(bus.plan());
    trackers.get().forEach(tracker -> tracker.collect(report));
    return report;
  }
}
