package io.sub30.database.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.sub30.bus.Faults;
import io.sub30.node.TestServers;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TieredCacheIT {

  private static final ByteString ONE = ByteString.copyFromUtf8("one");
  private static final CacheOptions OPTIONS = new CacheOptions(1 << 20, 50, 3, 200);

  @TempDir static Path data;
  private static TestServers.Server server;
  private static Vertx vertx;
  private static Context lane;

  @BeforeAll
  static void startServer() {
    server = TestServers.redis(data, 0);
    vertx = Vertx.vertx();
    lane = vertx.getOrCreateContext();
  }

  @AfterAll
  static void stopServer() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
    server.close();
  }

  @Test
  void get_putByAnotherCache_isFoundBehind() throws Exception {
    TieredCache writer = cache();
    TieredCache reader = cache();
    onLane(() -> writer.put("acme", "quote", "EURUSD", ONE, 60_000));

    assertThat(get(reader, "acme")).isEqualTo(ONE);
    assertThat(get(reader, "acme")).isEqualTo(ONE);
    assertThat(reader.status().remoteHits()).isEqualTo(1);
    assertThat(reader.status().localHits()).isEqualTo(1);
    assertThat(get(reader, "other")).isNull();

    onLane(() -> writer.invalidate("acme", "quote", "EURUSD"));
    assertThat(get(cache(), "acme")).isNull();
  }

  @Test
  void put_timeToLive_endsBehindToo() throws Exception {
    TieredCache writer = cache();
    onLane(() -> writer.put("brief", "quote", "EURUSD", ONE, 150));
    await().atMost(Duration.ofSeconds(5)).until(() -> get(cache(), "brief") == null);
  }

  @Test
  void put_redisStopped_worksFromTheProcess() throws Exception {
    TieredCache cache = cache();
    server.close();

    for (int i = 0; i < 4; i++) {
      onLane(() -> cache.put("acme", "quote", "EURUSD", ONE, 60_000));
    }
    assertThat(get(cache, "acme")).isEqualTo(ONE);
    assertThat(get(cache, "absent")).isNull();
    await().until(() -> !cache.status().remoteUp());
    assertThat(cache.status().remoteFailures()).isGreaterThanOrEqualTo(3);

    server = TestServers.redis(data, 0);
  }

  // A halted server accepts and never answers: the worst case for latency.
  @Test
  void get_redisHalted_isNotWaitedForAndUsedAgainAfterwards() throws Exception {
    TieredCache cache = cache();
    onLane(() -> cache.put("acme", "quote", "EURUSD", ONE, 60_000));
    signal("STOP");
    try {
      for (int i = 0; i < OPTIONS.breakerFailures(); i++) {
        assertThat(get(cache, "halted" + i)).isNull();
      }
      assertThat(cache.status().remoteUp()).isFalse();
      // With the breaker open the answer is there before the call returns.
      Promise<Boolean> immediate = Promise.promise();
      lane.runOnContext(
          ignored -> immediate.complete(cache.get("acme", "quote", "new").isComplete()));
      assertThat(immediate.future().await(5, TimeUnit.SECONDS)).isTrue();
      assertThat(get(cache, "acme")).isEqualTo(ONE);
    } finally {
      signal("CONT");
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> {
              onLane(() -> cache.put("back", "quote", "EURUSD", ONE, 60_000));
              return cache.status().remoteUp() && ONE.equals(get(cache(), "back"));
            });
  }

  private static void signal(String name) throws Exception {
    int exit =
        new ProcessBuilder("kill", "-" + name, Long.toString(server.pid())).start().waitFor();
    assertThat(exit).isZero();
  }

  private static TieredCache cache() throws Exception {
    RedisOptions redis = new RedisOptions().setConnectionString(server.uri().toString());
    return onLane(
        () -> Future.succeededFuture(TieredCache.create(vertx, redis, OPTIONS, Faults.off())));
  }

  private static @Nullable ByteString get(TieredCache cache, String tenant) throws Exception {
    return onLane(() -> cache.get(tenant, "quote", "EURUSD"));
  }

  private static <T> T onLane(Supplier<Future<T>> call) throws TimeoutException {
    Promise<T> answer = Promise.promise();
    lane.runOnContext(ignored -> call.get().onComplete(answer));
    return answer.future().await(5, TimeUnit.SECONDS);
  }
}
