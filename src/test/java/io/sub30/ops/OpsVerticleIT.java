package io.sub30.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sub30.budget.BudgetTracker;
import io.sub30.budget.Mode;
import io.sub30.budget.ModeSwitch;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Plans;
import io.sub30.budget.Tier;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Heartbeats;
import io.sub30.config.ConfigException;
import io.sub30.v1.LaneTable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.micrometer.MicrometerMetricsFactory;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpsVerticleIT {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Vertx vertx =
      Vertx.builder()
          .with(new VertxOptions().setMetricsOptions(VertxMetrics.options()))
          .withMetrics(new MicrometerMetricsFactory(registry))
          .build();
  private final Bus bus = Bus.install(vertx, Plans.specified(), NanoClock.SYSTEM, true);
  private final BudgetTracker tracker = new BudgetTracker(Plans.specified(), violation -> {});
  private final ReadyState state = new ReadyState();
  private final OpsVerticle ops = verticle(registry, 0);
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void deploy() throws Exception {
    await(vertx.deployVerticle(ops, worker()));
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void health_asTheProcessComesUp_turnsFrom503To200() throws Exception {
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/started").statusCode()).isEqualTo(503);
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);

    state.deployed();
    assertThat(get("/health/started").statusCode()).isEqualTo(200);
    state.warmedUp();
    publishTable();
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(get("/health/ready").statusCode()).isEqualTo(200));

    HttpResponse<String> ready = get("/health/ready");
    assertThat(ready.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(new JsonObject(ready.body()).getString("status")).isEqualTo("UP");
    JsonObject hub = new JsonObject(get("/hub").body());
    assertThat(hub.getJsonArray("lanes").getJsonObject(0).getString("pool")).isEqualTo("pro");
  }

  @Test
  void metrics_negotiated_areTextOrOpenMetrics() throws Exception {
    HttpResponse<String> text = get("/metrics");
    assertThat(text.headers().firstValue("content-type")).hasValue(OpsVerticle.TEXT);
    assertThat(text.body())
        .contains("sub30_hop_seconds_bucket{hop=\"ml_processing\"")
        .contains("sub30_request_seconds_count{outcome=\"ok\",tier=\"free\"} 0")
        .contains("jvm_memory_used_bytes{")
        .contains("process_uptime_seconds")
        .doesNotContain("vertx_http_server_")
        .doesNotContain("vertx_eventbus")
        .doesNotContain("# EOF");

    HttpResponse<String> open =
        send(request("/metrics").header("accept", "application/openmetrics-text;q=0.9,*/*;q=0.1"));
    assertThat(open.headers().firstValue("content-type")).hasValue(OpsVerticle.OPEN_METRICS);
    assertThat(open.body()).endsWith("# EOF\n");
  }

  @Test
  void budget_asJson_hasEveryTierAndHop() throws Exception {
    JsonObject budget = new JsonObject(get("/budget").body());

    assertThat(budget.getJsonArray("tiers")).hasSize(3);
    assertThat(budget.getJsonArray("tiers").getJsonObject(0).getString("tier"))
        .isEqualTo("enterprise");
  }

  @Test
  void page_forPeople_allowsOnlyItsOwnScript() throws Exception {
    HttpResponse<String> page = get("/");

    assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
        .startsWith("default-src 'none'; connect-src 'self';")
        .containsPattern("style-src 'sha256-[A-Za-z0-9+/]{43}='")
        .containsPattern("script-src 'sha256-[A-Za-z0-9+/]{43}='")
        .doesNotContain("unsafe");
    assertThat(page.body()).contains("/health/ready").doesNotContain("http://", "https://");
  }

  @Test
  void request_wrongPathOrMethod_isAProblem() throws Exception {
    HttpResponse<String> missing = get("/nothing");
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(missing.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(new JsonObject(missing.body()).getString("code")).isEqualTo("not_found");

    HttpResponse<String> put =
        send(request("/budget").method("PUT", HttpRequest.BodyPublishers.noBody()));
    assertThat(put.statusCode()).isEqualTo(405);
    assertThat(put.headers().firstValue("allow")).hasValue("GET");
    assertThat(new JsonObject(put.body()).getInteger("status")).isEqualTo(405);
  }

  @Test
  void request_withABody_isRefused() throws Exception {
    HttpResponse<String> post =
        send(request("/budget").POST(HttpRequest.BodyPublishers.ofString("x")));

    assertThat(post.statusCode()).isEqualTo(413);
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void request_host_mustBeOneOfLoopback() throws Exception {
    assertThat(raw("Host: localhost:" + ops.port())).startsWith("HTTP/1.1 200");
    assertThat(raw("Host: LOCALHOST")).startsWith("HTTP/1.1 200");
    assertThat(raw("Host: 127.0.0.1")).startsWith("HTTP/1.1 200");
    assertThat(raw("Host: [::1]:9090")).startsWith("HTTP/1.1 200");
    assertThat(raw("Host: evil.example")).startsWith("HTTP/1.1 421").contains("foreign_host");
    assertThat(raw("Host: localhost.evil.example")).startsWith("HTTP/1.1 421");
    assertThat(raw("Host: 127.0.0.1.evil.example")).startsWith("HTTP/1.1 421");
    assertThat(raw("Host: [::1].evil.example")).startsWith("HTTP/1.1 421");
    assertThat(raw("Host: localhost\r\nHost: evil.example")).startsWith("HTTP/1.1 400");
    assertThat(raw("X-No: host")).startsWith("HTTP/1.1 400");
  }

  @Test
  void start_portInUse_namesItAndWhatToSet() {
    OpsVerticle second =
        verticle(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), ops.port());

    assertThatThrownBy(() -> await(vertx.deployVerticle(second, worker())))
        .hasCauseInstanceOf(ConfigException.class)
        .hasMessageContaining("ops cannot listen on 127.0.0.1:" + ops.port())
        .hasMessageContaining("set ops.port to a free port");
  }

  @Test
  void start_unknownHost_namesIt() {
    OpsSettings nowhere = new OpsSettings("no host", 0, Set.of(), Set.of());
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    OpsVerticle second = new OpsVerticle(nowhere, bus, state, meters, sources());

    assertThatThrownBy(() -> await(vertx.deployVerticle(second, worker())))
        .hasCauseInstanceOf(ConfigException.class)
        .hasMessageContaining("ops.host is no host");
  }

  private OpsVerticle verticle(PrometheusMeterRegistry meters, int port) {
    OpsSettings settings = new OpsSettings("127.0.0.1", port, Set.of("gateway"), Set.of(0));
    return new OpsVerticle(settings, bus, state, meters, sources());
  }

  private void publishTable() {
    LaneTable table =
        LaneTable.newBuilder().addEntries(Heartbeats.identity("gateway", 0, Tier.PRO)).build();
    bus.publish(Address.LANE_TABLE, bus.own("test", 10_000_000_000L), table);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ops.port() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private String raw(String headers) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", ops.port())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          ("GET /health/live HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static DeploymentOptions worker() {
    return new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER);
  }

  private static void await(Future<?> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private BudgetSources sources() {
    return new BudgetSources(() -> List.of(tracker), List::of, new ModeSwitch(Mode.ENFORCE));
  }
}
