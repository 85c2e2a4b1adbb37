package io.sub30.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sub30.budget.Tier;
import io.sub30.database.BatchWriter;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole node on a real PostgreSQL whose commits fail or come late. What reaches the edge is
 * counted by who sent it: a client's batch must never be what finds out that the server is back.
 */
@Tag("long")
class BreakerIT {

  private static final String CLIENT = "breaker-";
  private static final String PROBE = "~probe-";
  private static final long SLOW_MILLIS = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Edge EDGE = new Edge();

  @TempDir private static Path data = Path.of("");

  private static RunningNode node;
  private static long sequence;

  /** The edge to the system of record, with what is wrong with it at the moment. */
  private static final class Edge implements UnaryOperator<BatchWriter> {

    final AtomicInteger ofClients = new AtomicInteger();
    final AtomicInteger ofProbes = new AtomicInteger();
    volatile boolean failing;
    volatile boolean slow;

    @Override
    public BatchWriter apply(BatchWriter writer) {
      return group -> {
        for (BatchWriter.Write write : group) {
          if (write.tenant().startsWith(CLIENT)) {
            ofClients.incrementAndGet();
          } else if (write.tenant().startsWith(PROBE)) {
            ofProbes.incrementAndGet();
          }
        }
        if (failing) {
          return Future.failedFuture(new IllegalStateException("injected: not sent"));
        }
        return slow ? later().compose(now -> writer.write(group)) : writer.write(group);
      };
    }

    private static Future<Void> later() {
      Promise<Void> later = Promise.promise();
      Vertx.currentContext().owner().setTimer(SLOW_MILLIS, id -> later.complete());
      return later.future();
    }
  }

  @BeforeAll
  static void start() throws Exception {
    // A second for everything, so that a slow commit is not a late one, and no slow machine opens
    // anything: only the edge does, which adds more than the slow limit.
    Map<String, String> options =
        Map.of(
            "breakers.min_calls", "8",
            "breakers.postgres.slow", "50ms",
            "budget.total", "1000ms",
            "budget.lines.network_buffer", "973ms",
            "budget.tiers.enterprise", "1000ms",
            "budget.tiers.pro", "1000ms",
            "budget.tiers.free", "1000ms");
    node = RunningNode.start(data, options, EDGE);
  }

  @AfterAll
  static void stop() throws Exception {
    node.close();
  }

  @Test
  void submit_commitsFail_isRefusedAtOnceUntilProbesAreGood() throws Exception {
    String token = node.token(CLIENT + "failing");
    try (Api api = node.api(HttpVersion.HTTP_2)) {
      assertThat(submit(api, token).status()).isEqualTo(200);
      double opened = metric("sub30_breaker_opened_total");
      EDGE.failing = true;
      openedByRequests(api, token);

      int probesBefore = EDGE.ofProbes.get();
      int clientsBefore = EDGE.ofClients.get();
      Api.Reply refused = submit(api, token);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.code()).isEqualTo("unavailable");
      // While it is open for many reset times, nothing of a client's reaches the server.
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                assertThat(submit(api, token).status()).isEqualTo(503);
                return EDGE.ofProbes.get() >= probesBefore + 4;
              });
      assertThat(EDGE.ofClients).hasValue(clientsBefore);
      awaitCheck("postgres", "DOWN", "open");
      assertThat(node.ops("/health/ready").status()).isEqualTo(503);
      assertThat(metric("sub30_breaker_state")).isPositive();

      EDGE.failing = false;
      // No client asks for anything: the breaker closes by itself.
      awaitCheck("postgres", "UP", "closed");
      assertThat(node.ops("/health/ready").status()).isEqualTo(200);
      assertThat(EDGE.ofClients).hasValue(clientsBefore);
      assertThat(submit(api, token).status()).isEqualTo(200);
      assertThat(EDGE.ofClients).hasValue(clientsBefore + 1);
      assertThat(metric("sub30_breaker_opened_total")).isEqualTo(opened + 1);
    }
    assertThat(node.batches(CLIENT + "failing")).isEqualTo(2);
    assertThat(rowsOfProbes()).containsOnly(0L);
  }

  @Test
  void submit_commitsSlow_opensWithoutAFailureAndStaysOpenWhileProbesAreSlow() throws Exception {
    String token = node.token(CLIENT + "slow", Tier.PRO, null);
    try (Api api = node.api(HttpVersion.HTTP_2)) {
      assertThat(submit(api, token).status()).isEqualTo(200);
      EDGE.slow = true;
      openedByRequests(api, token);
      int clientsBefore = EDGE.ofClients.get();
      int probesBefore = EDGE.ofProbes.get();
      await().atMost(PATIENCE).until(() -> EDGE.ofProbes.get() >= probesBefore + 3);
      assertThat(submit(api, token).status()).isEqualTo(503);
      awaitCheck("postgres", "DOWN", "open");
      JsonObject check = check("postgres");
      assertThat(check.getDouble("breaker_slow_rate")).isGreaterThanOrEqualTo(0.8);
      // Health is as of the last heartbeat, which may be older than the probes counted above.
      await()
          .atMost(PATIENCE)
          .until(() -> check("postgres").getString("detail").contains("a probe took "));

      EDGE.slow = false;
      awaitCheck("postgres", "UP", "closed");
      assertThat(EDGE.ofClients).hasValue(clientsBefore);
    }
  }

  /** Sends until an answer says that the server was not even asked. */
  private static void openedByRequests(Api api, String token) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              int before = EDGE.ofClients.get();
              Api.Reply reply = submit(api, token);
              return reply.status() == 503
                  && reply.detail().contains("postgres is not asked for now")
                  && EDGE.ofClients.get() == before;
            });
  }

  private static Api.Reply submit(Api api, String token) throws Exception {
    TickBatch batch =
        TickBatch.newBuilder()
            .setTerminal("t1")
            .setSequence(++sequence)
            .addTicks(
                Tick.newBuilder()
                    .setSymbol("EURUSD")
                    .setTimeMsc(1_717_416_000_000L + sequence * 250)
                    .setBid(1.1)
                    .setAsk(1.1001)
                    .setFlags(6))
            .build();
    return api.submit(token, batch, Api.PROTOBUF);
  }

  private static void awaitCheck(String dependency, String status, String breaker) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonObject body = node.ops("/health/ready").json();
              assertThat(named(body, dependency).getString("status")).isEqualTo(status);
              String state = check(dependency).getString("breaker");
              assertThat(state).isIn(breaker, breaker.equals("open") ? "half_open" : breaker);
            });
  }

  private static JsonObject check(String dependency) throws Exception {
    return named(node.ops("/health/ready").json(), dependency).getJsonObject("data");
  }

  private static JsonObject named(JsonObject health, String name) {
    return health.getJsonArray("checks").stream()
        .map(JsonObject.class::cast)
        .filter(check -> check.getString("name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** The sum over the lanes of PostgreSQL's figure. */
  private static double metric(String name) throws Exception {
    Matcher line =
        Pattern.compile("(?m)^" + name + "\\{dependency=\"postgres\",lane=\"\\d+\"\\} ([0-9.E]+)$")
            .matcher(node.ops("/metrics").body().toString());
    double sum = 0;
    int lines = 0;
    while (line.find()) {
      sum += Double.parseDouble(line.group(1));
      lines++;
    }
    assertThat(lines).as("lanes with %s", name).isEqualTo(3);
    return sum;
  }

  private static List<Long> rowsOfProbes() throws Exception {
    return List.of(node.batches(PROBE + 0), node.batches(PROBE + 1), node.batches(PROBE + 2));
  }
}
