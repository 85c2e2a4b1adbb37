package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sub30.budget.Tier;
import io.sub30.node.Node;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes hold each tenant to one rate, whichever it asks; without Redis each to half of it. */
@Tag("long")
class SharedRatesNodesIT {

  private static final int BURST = 6;

  private static final Map<String, String> RATES =
      Map.of(
          "rates.processes", "2",
          "rates.pro.per_second", "1",
          "rates.pro.burst", Integer.toString(BURST),
          "rates.pro.max_wait", "2s",
          "budget.tiers.pro", "3s",
          "breakers.redis.slow", "200ms");

  @TempDir private static Path root = Path.of("");
  private static final HttpClient http = HttpClient.newHttpClient();
  private static FaultStage stage;
  private static SecondNode other;

  @BeforeAll
  static void start() throws Exception {
    stage = new FaultStage(root, root.resolve("pg"), RATES);
    other = SecondNode.beside(stage, root.resolve("other"), RATES);
  }

  @AfterAll
  static void stop() throws Exception {
    other.close();
    stage.close();
  }

  private static boolean isShared(Node node) throws Exception {
    return rates(node).getJsonObject("data").getBoolean("available");
  }

  private static JsonObject rates(Node node) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(node.ops().url() + "/health/ready")).build();
    JsonObject health =
        new JsonObject(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    for (Object check : health.getJsonArray("checks")) {
      if (((JsonObject) check).getString("name").equals("redis_rates")) {
        return (JsonObject) check;
      }
    }
    throw new AssertionError("no check of the rates: " + health);
  }

  private static String token(Node node, String tenant) throws Exception {
    return node == stage.node() ? stage.token(tenant, Tier.PRO) : other.token(tenant, Tier.PRO);
  }

  private static HttpResponse<String> read(Node node, String tenant) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(node.api().url() + "/v1/signals"))
            .header("authorization", "Bearer " + token(node, tenant))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** How many of so many reads, asked of the nodes in turn, are not over the rate. */
  private static int passed(String tenant, int reads, List<Node> nodes) throws Exception {
    int passed = 0;
    for (int i = 0; i < reads; i++) {
      HttpResponse<String> answer = read(nodes.get(i % nodes.size()), tenant);
      assertThat(answer.statusCode()).as(answer.body()).isIn(200, 429);
      passed += answer.statusCode() == 200 ? 1 : 0;
    }
    return passed;
  }

  @Test
  void reads_ofBothNodes_areHeldToOneRate() throws Exception {
    long began = System.nanoTime();
    int passed = passed("shared", 4 * BURST, List.of(stage.node(), other.node()));
    int more = (int) ((System.nanoTime() - began) / 1_000_000_000) + 1;
    assertThat(passed).isBetween(BURST, BURST + more);
    HttpResponse<String> refused = read(other.node(), "shared");
    assertThat(refused.headers().firstValue("ratelimit-policy")).hasValue("\"pro\";q=6;w=6");
    Evidence.write(
        "rates-shared.txt",
        List.of(
            "two nodes, one Redis: of %d reads in turn %d were within the one burst of %d"
                .formatted(4 * BURST, passed, BURST)));
  }

  /** Its own rate would let it in at once. */
  @Test
  void batch_rateSpentAtTheOtherNode_waitsForItsTurn() throws Exception {
    passed("waits", BURST, List.of(other.node()));
    String body =
        """
        {"terminal":"t","sequence":1,"ticks":[{"symbol":"EURUSD","time_msc":1767614400000,
        "bid":1.1,"ask":1.1001,"flags":6}]}\
        """;
    long began = System.nanoTime();
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(stage.api() + "/v1/ticks"))
                .header("authorization", "Bearer " + token(stage.node(), "waits"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat((System.nanoTime() - began) / 1e6).isBetween(100.0, 2_000.0);
  }

  @Test
  void reads_redisCutOff_eachNodeLetsInItsPartAndSaysSo() throws Exception {
    stage.toRedis().refuse();
    try {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                read(stage.node(), "cut-" + System.nanoTime());
                return !isShared(stage.node());
              });
      long began = System.nanoTime();
      int passed = passed("alone", 3 * BURST, List.of(stage.node()));
      int more = (int) ((System.nanoTime() - began) / 2_000_000_000) + 1;
      assertThat(passed).isBetween(BURST / 2, BURST / 2 + more);
      assertThat(rates(stage.node()).encode()).contains("rates are not shared");
    } finally {
      stage.toRedis().accept();
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> isShared(stage.node()));
  }
}
