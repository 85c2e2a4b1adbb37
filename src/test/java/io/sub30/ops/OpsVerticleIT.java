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
import io.sub30.bus.FaultPoint;
import io.sub30.bus.Faults;
import io.sub30.bus.Heartbeats;
import io.sub30.config.ConfigException;
import io.sub30.config.FaultSpec;
import io.sub30.v1.LaneTable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.micrometer.MicrometerMetricsFactory;
import java.io.ByteArrayInputStream;
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
  private final Faults faults = Faults.of(vertx, 1);
  private final Bus bus = Bus.install(vertx, Plans.specified(), NanoClock.SYSTEM, true, faults);
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
  void faults_put_areSetAndCleared() throws Exception {
    HttpResponse<String> set = putFaults("{\"ml\": \"delay=50ms,share=0.5\"}");
    assertThat(set.statusCode()).isEqualTo(200);
    assertThat(new JsonObject(set.body()).getString("ml")).isEqualTo("delay=50ms,share=0.5");
    assertThat(faults.describe()).containsEntry("ml", "delay=50ms,share=0.5");
    assertThat(get("/faults").body()).isEqualTo(set.body());

    assertThat(putFaults("{\"ml\": \"\"}").statusCode()).isEqualTo(200);
    assertThat(faults.describe().values()).containsOnly("");
  }

  @Test
  void faults_bodyOfAnyKind_isReadUpToItsBound() throws Exception {
    String change = "{\"ml\": \"fail=1\"}";
    String atTheBound = change + " ".repeat(4_096 - change.length());
    assertThat(putFaults(atTheBound).statusCode()).isEqualTo(200);
    faults.clear();
    assertThat(sendFaults(inPieces(atTheBound)).statusCode()).isEqualTo(200);
    faults.clear();

    for (var body :
        List.of(
            HttpRequest.BodyPublishers.ofString(atTheBound + " "), inPieces(atTheBound + " "))) {
      HttpResponse<String> refused = sendFaults(body);
      assertThat(refused.statusCode()).isEqualTo(413);
      assertThat(refused.headers().firstValue("connection")).hasValue("close");
      assertThat(new JsonObject(refused.body()).getString("code")).isEqualTo("too_large");
      assertThat(new JsonObject(refused.body()).getString("detail")).contains("4096 bytes");
    }
    assertThat(faults.describe().values()).containsOnly("");
  }

  @Test
  void faults_nonsense_isAProblemThatSaysWhatWouldBeRight() throws Exception {
    faults.set(FaultPoint.REDIS, FaultSpec.parse("delay=1ms"));
    HttpResponse<String> refused = putFaults("{\"redis\": \"\", \"mll\": \"delay=50ms\"}");

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(new JsonObject(refused.body()).getString("detail"))
        .startsWith("there is no point mll; there are data_bridge, ml");
    assertThat(putFaults("").statusCode()).isEqualTo(400);
    assertThat(faults.describe()).containsEntry("redis", "delay=1ms");
  }

  @Test
  void faults_otherMethods_areNamedInAllow() throws Exception {
    HttpResponse<String> delete =
        send(request("/faults").method("DELETE", HttpRequest.BodyPublishers.noBody()));
    assertThat(delete.statusCode()).isEqualTo(405);
    assertThat(delete.headers().firstValue("allow")).hasValue("GET, PUT");
    assertThat(new JsonObject(delete.body()).getString("detail")).contains("only GET, PUT");

    HttpResponse<String> body =
        send(request("/faults").method("GET", HttpRequest.BodyPublishers.ofString("{}")));
    assertThat(body.statusCode()).isEqualTo(413);
    assertThat(new JsonObject(body.body()).getString("code")).isEqualTo("no_body_expected");
    HttpResponse<String> elsewhere =
        send(request("/budget").PUT(HttpRequest.BodyPublishers.ofString("{}")));
    assertThat(elsewhere.statusCode()).isEqualTo(413);
  }

  @Test
  void faults_putByAForeignHost_isRefused() throws Exception {
    String answer =
        raw("PUT /faults", "Host: evil.example\r\nContent-Length: 15", "{\"ml\":\"fail=1\"}");

    assertThat(answer).startsWith("HTTP/1.1 421").contains("foreign_host");
    assertThat(faults.describe().values()).containsOnly("");
  }

  @Test
  void faults_off_areNotFoundAndSayHowToEnable() throws Exception {
    Vertx other = Vertx.vertx();
    try {
      Bus plain = Bus.install(other, Plans.specified(), NanoClock.SYSTEM, true);
      OpsVerticle without =
          new OpsVerticle(
              new OpsSettings("127.0.0.1", 0, Set.of("gateway"), Set.of(0)),
              plain,
              state,
              new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
              sources());
      await(other.deployVerticle(without, worker()));
      URI uri = URI.create("http://127.0.0.1:" + without.port() + "/faults");
      for (HttpRequest.Builder request :
          List.of(
              HttpRequest.newBuilder(uri),
              HttpRequest.newBuilder(uri).PUT(HttpRequest.BodyPublishers.ofString("{}")))) {
        HttpResponse<String> answer = send(request);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(new JsonObject(answer.body()).getString("detail"))
            .contains("faults.enabled: true");
      }
    } finally {
      await(other.close());
    }
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

  @Test
  void start_beyondThisMachineAndNobodyToKnowOperators_isRefused() {
    OpsSettings open = new OpsSettings("0.0.0.0", 0, Set.of(), Set.of());
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    OpsVerticle second = new OpsVerticle(open, bus, state, meters, sources());

    assertThatThrownBy(() -> await(vertx.deployVerticle(second, worker())))
        .hasCauseInstanceOf(ConfigException.class)
        .hasMessageContaining("ops.host is 0.0.0.0")
        .hasMessageContaining("set it to 127.0.0.1");
  }

  @Test
  void faults_putBeyondThisMachineWithoutAToken_changesNothing() throws Exception {
    Operators nobody = token -> new Operators.Refusal(token.equals("known"), "not you");
    OpsSettings shown = new OpsSettings("0.0.0.0", 0, Set.of(), Set.of(), nobody);
    OpsVerticle second =
        new OpsVerticle(
            shown, bus, state, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), sources());
    await(vertx.deployVerticle(second, worker()));
    URI uri = URI.create("http://127.0.0.1:" + second.port() + "/faults");
    HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString("{\"ml\":\"fail=1\"}");

    assertThat(send(HttpRequest.newBuilder(uri).PUT(body)).statusCode()).isEqualTo(401);
    for (String authorization : List.of("Basic a", "Bearer", "known", "Bearer other")) {
      HttpRequest.Builder put = HttpRequest.newBuilder(uri).PUT(body);
      HttpResponse<String> answer = send(put.header("authorization", authorization));
      assertThat(answer.statusCode()).as(authorization).isEqualTo(401);
      assertThat(answer.headers().firstValue("www-authenticate")).isPresent();
    }
    HttpRequest.Builder put = HttpRequest.newBuilder(uri).PUT(body);
    assertThat(send(put.header("authorization", "bearer known")).statusCode()).isEqualTo(403);
    assertThat(faults.describe().values()).containsOnly("");
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

  private HttpResponse<String> putFaults(String body) throws Exception {
    return sendFaults(HttpRequest.BodyPublishers.ofString(body));
  }

  private HttpResponse<String> sendFaults(HttpRequest.BodyPublisher body) throws Exception {
    return send(request("/faults").PUT(body));
  }

  /** A body whose length is not told. */
  private static HttpRequest.BodyPublisher inPieces(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));
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
    return raw("GET /health/live", headers, "");
  }

  private String raw(String line, String headers, String body) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", ops.port())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          (line + " HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n" + body)
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
