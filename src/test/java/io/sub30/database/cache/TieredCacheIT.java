package io.sub30.database.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.sub30.budget.BreakerLimits;
import io.sub30.budget.BreakerState;
import io.sub30.budget.BreakerStatus;
import io.sub30.bus.Faults;
import io.sub30.node.TestServers;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.net.URI;
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

  /** Redis may take 50 ms, PING 40; three failures of three or more open the breaker for 200 ms. */
  private static final CacheOptions OPTIONS =
      new CacheOptions(
          1 << 20, 50, new BreakerLimits(10_000_000_000L, 3, 50, 80, 40_000_000, 200, 3));

  @TempDir static Path data;
  private static TestServers.Server server;
  private static Vertx vertx;
  private static Context lane;
  private static URI uri = URI.create("redis://unknown");

  @BeforeAll
  static void startServer() {
    server = TestServers.redis(data, 0);
    uri = server.uri();
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
  void put_redisStopped_worksFromTheProcessAndUsesItAgainAfterwards() throws Exception {
    TieredCache cache = cache();
    int port = server.uri().getPort();
    server.close();

    for (int i = 0; i < 4; i++) {
      onLane(() -> cache.put("acme", "quote", "EURUSD", ONE, 60_000));
    }
    assertThat(get(cache, "acme")).isEqualTo(ONE);
    assertThat(get(cache, "absent")).isNull();
    await().until(() -> !cache.status().remoteUp());
    assertThat(cache.status().remoteFailures()).isGreaterThanOrEqualTo(3);
    BreakerStatus open = breaker(cache);
    assertThat(open.opened()).isEqualTo(1);
    assertThat(open.failureRate()).isEqualTo(1);
    assertThat(open.lastCause()).isNotEmpty();

    URI before = server.uri();
    server = TestServers.redis(data, port);
    asBefore(before);
    // Nobody asks the cache for anything: the breaker's own probes close it.
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(breaker(cache).state())
                    .as("%s", breaker(cache))
                    .isEqualTo(BreakerState.CLOSED));
    assertThat(breaker(cache).calls()).isEqualTo(open.calls());
    assertThat(cache.status().detail()).isEqualTo("ok");
    onLane(() -> cache.put("again", "quote", "EURUSD", ONE, 60_000));
    assertThat(get(cache(), "again")).isEqualTo(ONE);
  }

  // A halted server accepts and never answers: the worst case for latency.
  @Test
  void get_redisHalted_isNotWaitedForAndUsedAgainAfterwards() throws Exception {
    TieredCache cache = cache();
    onLane(() -> cache.put("acme", "quote", "EURUSD", ONE, 60_000));
    signal("STOP");
    try {
      for (int i = 0; i < OPTIONS.breaker().minCalls(); i++) {
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
    await().atMost(Duration.ofSeconds(10)).until(() -> cache.status().remoteUp());
    onLane(() -> cache.put("back", "quote", "EURUSD", ONE, 60_000));
    assertThat(get(cache(), "back")).isEqualTo(ONE);
  }

  /** Gives a restarted server, whose password is another one, that of before. */
  private static void asBefore(URI before) throws Exception {
    Redis admin = Redis.createClient(vertx, server.uri().toString());
    String password = before.getUserInfo().substring(1);
    admin
        .send(Request.cmd(Command.CONFIG).arg("SET").arg("requirepass").arg(password))
        .eventually(admin::close)
        .await(5, TimeUnit.SECONDS);
    uri = before;
  }

  private static void signal(String name) throws Exception {
    int exit =
        new ProcessBuilder("kill", "-" + name, Long.toString(server.pid())).start().waitFor();
    assertThat(exit).isZero();
  }

  private static TieredCache cache() throws Exception {
    RedisOptions redis = new RedisOptions().setConnectionString(uri.toString());
    return onLane(
        () -> Future.succeededFuture(TieredCache.create(vertx, redis, OPTIONS, Faults.off())));
  }

  private static BreakerStatus breaker(TieredCache cache) throws Exception {
    return onLane(() -> Future.succeededFuture(cache.breaker().orElseThrow()));
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
