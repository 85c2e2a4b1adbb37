package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.sub30.client.Answer;
import io.sub30.client.ClientOptions;
import io.sub30.client.Sub30Client;
import io.sub30.v1.CachedOutcome;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Redis that is stopped, slow, or holds what nobody put there. */
class RedisFaultsIT {

  private static final long AWAY_MILLIS = Long.getLong("sub30.faults.away_ms", 1_500);
  private static final int BATCHES = 12;
  private static final long LATER_MILLIS = 50_000;
  private static final int OTHERS = 77;
  private static final long UNSENT = BATCHES + 2;

  @TempDir private static Path root = Path.of("");
  private static FaultStage stage;

  @BeforeAll
  static void start() throws Exception {
    // Patient with Redis, so that on a busy machine what it holds is read all the same.
    stage = new FaultStage(root, root.resolve("pg"), Map.of("breakers.redis.slow", "200ms"));
  }

  @AfterAll
  static void stop() throws Exception {
    stage.close();
  }

  @Test
  void redis_stopped_nothingIsLostOrDoubled() throws Exception {
    new CountedLoad(stage, "redis-stopped")
        .with(
            "Redis stopped and started",
            () -> {
              stage.stopRedis();
              pass();
              stage.startRedis(); // empty
              awaitOutcomes("redis-stopped");
            });
  }

  @Test
  void redis_slow_nothingIsLostOrDoubled() throws Exception {
    new CountedLoad(stage, "redis-slow")
        .with(
            "each answer of Redis 400 ms late",
            () -> {
              awaitOutcomes("redis-slow");
              stage.toRedis().delay(400);
              pass();
              stage.toRedis().delay(0);
            });
  }

  /**
   * Every outcome in Redis is spoilt in one of six ways, after the process has forgotten its own: a
   * batch that is stored must be answered as PostgreSQL has it, one that is not must be stored.
   */
  @Test
  void redis_holdsGarbage_answersAreThoseOfPostgres() throws Exception {
    List<TickResult> stored = new ArrayList<>();
    Sub30Client client = client("garbage");
    for (int sequence = 1; sequence <= BATCHES; sequence++) {
      stored.add(RepeatsIT.bare(acknowledged(client, batch(sequence, 2), false)));
    }
    // Another tenant has the same batches; what it was answered is told from the first one's.
    Sub30Client stranger = client("stranger");
    List<TickResult> strange = new ArrayList<>();
    for (int sequence = 1; sequence <= BATCHES; sequence++) {
      TickResult result = acknowledged(stranger, batch(sequence, 2), false);
      strange.add(result.toBuilder().setAccepted(OTHERS).build());
    }
    acknowledged(client, batch(UNSENT + 1, 2), false);
    acknowledged(stranger, batch(UNSENT, 2), false);
    Waiting.on(client.close());
    Waiting.on(stranger.close());
    stage.stopNode();
    spoil(stored, strange);
    stage.startNode();
    long hitsBefore = hits();

    client = client("garbage");
    for (int sequence = 1; sequence <= BATCHES; sequence++) {
      TickResult again = acknowledged(client, batch(sequence, 2), true);
      assertThat(RepeatsIT.bare(again))
          .as("batch %d", sequence)
          .isEqualTo(stored.get(sequence - 1));
    }
    // Below the highest sequence and never sent; Redis says that it is stored.
    acknowledged(client, batch(UNSENT, 2), false);
    assertThat(hits() - hitsBefore).as("spoilt entries that were read").isGreaterThan(BATCHES / 2);
    // Other content is refused by what PostgreSQL holds.
    Answer other = Waiting.on(RepeatsIT.submit(stage, client, batch(1, 3)));
    assertThat(other.status()).isEqualTo(409);
    Waiting.on(client.close());
    try (SystemOfRecord record = SystemOfRecord.at(stage.postgres())) {
      assertThat(record.sequences("garbage")).hasSize(BATCHES + 2).doesNotHaveDuplicates();
    }
    Evidence.write(
        "faults-redis-garbage.txt",
        List.of(
            "Redis holding wrong types, another tenant's, other batches', cut and random entries:"
                + " acknowledged %d batches, in PostgreSQL %d; lost 0, doubled 0"
                    .formatted(BATCHES + 2, BATCHES + 2)));
  }

  private static Sub30Client client(String tenant) throws Exception {
    return new Sub30Client(
        stage.node().vertx(), ClientOptions.of(stage.api(), stage.token(tenant)));
  }

  private static TickResult acknowledged(Sub30Client client, TickBatch batch, boolean duplicate) {
    Answer answer = Waiting.on(RepeatsIT.submit(stage, client, batch));
    assertThat(answer.acknowledged()).as("%s", answer.summary()).isTrue();
    TickResult result = Objects.requireNonNull(answer.result());
    assertThat(result.getDuplicate()).as("sequence %d", batch.getSequence()).isEqualTo(duplicate);
    return result;
  }

  private static TickBatch batch(long sequence, int ticks) {
    TickBatch.Builder batch = TickBatch.newBuilder().setTerminal("desk").setSequence(sequence);
    for (int i = 0; i < ticks; i++) {
      batch.addTicks(
          Tick.newBuilder()
              .setSymbol("EURUSD")
              .setTimeMsc(1_717_416_000_000L + sequence * 1_000 + i * 10L)
              .setBid(1.1 + i * 0.00001)
              .setAsk(1.1001 + i * 0.00001)
              .setFlags(6));
    }
    return batch.build();
  }

  /** Spoils each entry in one of six ways, and makes one up of a batch that was never sent. */
  private static void spoil(List<TickResult> own, List<TickResult> strange) throws Exception {
    try (SystemOfRecord record = SystemOfRecord.at(stage.postgres())) {
      for (int sequence = 1; sequence <= BATCHES; sequence++) {
        byte[] whole = entry(record, "garbage", sequence, own.get(sequence - 1)).toByteArray();
        String key = key(sequence);
        redis(Request.cmd(Command.DEL).arg(key));
        switch (sequence % 6) {
          case 0 -> {
            redis(Request.cmd(Command.LPUSH).arg(key).arg("garbage"));
            redis(Request.cmd(Command.PEXPIRE).arg(key).arg(LATER_MILLIS));
          }
          case 1 ->
              set(
                  key,
                  entry(record, "stranger", sequence, strange.get(sequence - 1)).toByteArray());
          case 2 -> set(key, Arrays.copyOf(whole, whole.length / 2));
          case 3 -> set(key, entry(record, "garbage", 1, strange.get(0)).toByteArray());
          case 4 -> set(key, new byte[] {(byte) 0xff, (byte) 0xfe, 7, 1});
          default -> set(key, new byte[0]);
        }
      }
      set(key(UNSENT), entry(record, "stranger", UNSENT, strange.get(0)).toByteArray());
    }
  }

  private static CachedOutcome entry(
      SystemOfRecord record, String tenant, long sequence, TickResult outcome) throws Exception {
    return CachedOutcome.newBuilder()
        .setTenant(tenant)
        .setTerminal("desk")
        .setSequence(sequence)
        .setContentHash(ByteString.copyFrom(record.contentHash(tenant, "desk", sequence)))
        .setOrdinal(sequence)
        .setOutcome(outcome)
        .build();
  }

  private static String key(long sequence) {
    return "sub30:garbage:outcome:desk%2F" + sequence;
  }

  private static long hits() {
    String stats = redis(Request.cmd(Command.INFO).arg("stats")).toString();
    Matcher hits = Pattern.compile("keyspace_hits:(\\d+)").matcher(stats);
    assertThat(hits.find()).as(stats).isTrue();
    return Long.parseLong(hits.group(1));
  }

  private static void set(String key, byte[] value) {
    redis(Request.cmd(Command.SET).arg(key).arg(Buffer.buffer(value)).arg("PX").arg(LATER_MILLIS));
  }

  private static Response redis(Request request) {
    try (Direct direct = new Direct()) {
      Response answer = Waiting.on(direct.redis.send(request));
      return Objects.requireNonNull(answer, () -> "nothing for " + request);
    }
  }

  /** A connection past the proxy and the node. */
  private static final class Direct implements AutoCloseable {
    final Vertx vertx = Vertx.vertx();
    final Redis redis = Redis.createClient(vertx, stage.redis().toString());

    @Override
    public void close() {
      Waiting.on(vertx.close());
    }
  }

  /** The node uses Redis. */
  private static void awaitOutcomes(String tenant) {
    Awaitility.await("outcomes of " + tenant + " in Redis")
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                redis(Request.cmd(Command.KEYS).arg("sub30:" + tenant + ":outcome:*")).size() > 0);
  }

  private static void pass() {
    Awaitility.await().pollDelay(Duration.ofMillis(AWAY_MILLIS)).until(() -> true);
  }
}
