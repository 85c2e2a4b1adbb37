package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sub30.budget.Tier;
import io.sub30.client.Answer;
import io.sub30.client.ClientOptions;
import io.sub30.client.Sub30Client;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes on one PostgreSQL and one Redis: what is written through one is not hidden by what the
 * other remembers, for longer than is said in the README.
 */
@Tag("long")
class InvalidationIT {

  private static final int ROUNDS = 5;
  private static final int ATTEMPTS = 20;
  private static final long T0 = 1_767_614_400_000L;
  private static final String DEAF = "not heard of";

  /** Two seconds, and what a busy machine adds; without notices it would be ten. */
  private static final long BOUND_MILLIS = 4_000;

  @TempDir private static Path root = Path.of("");
  private static final HttpClient http = HttpClient.newHttpClient();
  private static FaultStage stage;
  private static SecondNode other;

  @BeforeAll
  static void start() throws Exception {
    stage = FaultStage.in(root);
    other = SecondNode.beside(stage, root.resolve("other"), Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    other.close();
    stage.close();
  }

  @Test
  void quote_writtenThroughTheOtherNode_isNewWithinTheBound() throws Exception {
    awaitHearing();
    List<Long> first = new ArrayList<>();
    List<Long> next = new ArrayList<>();
    try (Terminal here = Terminal.here("moving");
        Terminal there = Terminal.there("moving")) {
      for (int round = 0; round < ROUNDS; round++) {
        long sequence = 3L * round + 1;
        here.write(sequence);
        assertThat(here.quote().getLong("sequence")).as("one's own at once").isEqualTo(sequence);
        there.write(sequence + 1);
        first.add(here.millisUntil(sequence + 1));
        there.write(sequence + 2);
        next.add(here.millisUntil(sequence + 2));
      }
    }
    Evidence.write(
        "faults-invalidation.txt",
        List.of(
            "two nodes, one Redis: a quote written through the other one was seen after %s ms, the"
                    .formatted(first)
                + " one after that after %s ms".formatted(next)));
    assertThat(first).allMatch(millis -> millis < BOUND_MILLIS);
    assertThat(next).allMatch(millis -> millis < BOUND_MILLIS);
  }

  @Test
  void quote_connectionToRedisCut_isNewWithinTheBoundAndHeardOfAgainLater() throws Exception {
    awaitHearing();
    try (Terminal here = Terminal.here("cut");
        Terminal there = Terminal.there("cut")) {
      here.write(1);
      assertThat(here.quote().getString("source")).isEqualTo("process");
      stage.toRedis().refuse();
      try {
        there.write(2);
        assertThat(here.millisUntil(2)).as("the cell was this node's").isLessThan(BOUND_MILLIS);
        here.write(3);
        there.write(4);
        assertThat(here.millisUntil(4)).as("taken while deaf").isLessThan(BOUND_MILLIS);
        await().atMost(Duration.ofSeconds(30)).until(() -> redisDetail().contains(DEAF));
      } finally {
        stage.toRedis().accept();
      }
      awaitHearing();
      here.write(5);
      there.write(6);
      assertThat(here.millisUntil(6)).as("hears again").isLessThan(BOUND_MILLIS);
    }
  }

  /** A path that swallows everything is no connection that ends: the beats tell. */
  @Test
  void quote_redisAnswersTooLate_nodeKnowsThatItIsDeaf() throws Exception {
    awaitHearing();
    stage.toRedis().delay(6_000);
    try {
      await().atMost(Duration.ofSeconds(30)).until(() -> redisDetail().contains(DEAF));
    } finally {
      stage.toRedis().delay(0);
    }
    awaitHearing();
  }

  private static void awaitHearing() {
    await().atMost(Duration.ofSeconds(30)).until(() -> !redisDetail().contains(DEAF));
  }

  private static String redisDetail() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(stage.node().ops().url() + "/health/ready")).build();
    JsonObject health =
        new JsonObject(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    for (Object check : health.getJsonArray("checks")) {
      if (((JsonObject) check).getString("name").equals("redis")) {
        return ((JsonObject) check).encode();
      }
    }
    throw new AssertionError("no check of Redis: " + health);
  }

  /** A terminal of a tenant, at one of the nodes. */
  private record Terminal(URI api, String token, Sub30Client client) implements AutoCloseable {

    static Terminal here(String tenant) throws Exception {
      return at(stage.api(), stage.token(tenant));
    }

    static Terminal there(String tenant) throws Exception {
      return at(URI.create(other.node().api().url()), other.token(tenant, Tier.FREE));
    }

    private static Terminal at(URI api, String token) {
      return new Terminal(
          api, token, new Sub30Client(stage.node().vertx(), ClientOptions.of(api, token)));
    }

    /** Until it is acknowledged: the node that had the cell refuses once. */
    void write(long sequence) {
      TickBatch batch =
          TickBatch.newBuilder()
              .setTerminal("t")
              .setSequence(sequence)
              .addTicks(
                  Tick.newBuilder()
                      .setSymbol("EURUSD")
                      .setTimeMsc(T0 + sequence * 1_000)
                      .setBid(1.1)
                      .setAsk(1.1001)
                      .setFlags(6))
              .build();
      Answer answer = Waiting.on(RepeatsIT.submit(stage, client, batch));
      for (int i = 1; i < ATTEMPTS && !answer.acknowledged(); i++) {
        answer = Waiting.on(RepeatsIT.submit(stage, client, batch));
      }
      assertThat(answer.acknowledged()).as(answer.summary()).isTrue();
    }

    JsonObject quote() throws Exception {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(api + "/v1/quotes/EURUSD"))
              .header("authorization", "Bearer " + token)
              .build();
      HttpResponse<String> reply = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
      return new JsonObject(reply.body());
    }

    /** Asked all the time, which keeps what is remembered in use. */
    long millisUntil(long sequence) {
      long start = System.nanoTime();
      await("sequence " + sequence)
          .atMost(Duration.ofSeconds(30))
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> quote().getLong("sequence") == sequence);
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    @Override
    public void close() {
      Waiting.on(client.close());
    }
  }
}
