package io.sub30.database.cache;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.sub30.bus.FaultPoint;
import io.sub30.bus.Faults;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.circuitbreaker.CircuitBreakerState;
import io.vertx.circuitbreaker.OpenCircuitException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redis behind a circuit breaker that opens on failures and late calls alike. While it is open no
 * call waits at all; one a reset time is let through to see whether Redis is back.
 *
 * <p>Thread: the event loop it is created on.
 */
final class RedisLayer implements RemoteLayer {

  private static final Logger LOG = LoggerFactory.getLogger(RedisLayer.class);

  /** A host that swallows packets must not hold a pooled connection for the default minute. */
  private static final int CONNECT_TIMEOUT_MILLIS = 1_000;

  private static final int CONNECTIONS = 4;
  private static final int MOST_WAITING = 1_000;

  private final Redis redis;
  private final Faults faults;
  private final CircuitBreaker breaker;
  private final int breakerFailures;
  private final CallWindow window = new CallWindow();
  private final LongAdder failures = new LongAdder();
  private boolean away;
  private volatile String detail = "ok";

  RedisLayer(Vertx vertx, RedisOptions redisOptions, CacheOptions options, Faults faults) {
    this.faults = faults;
    RedisOptions bounded = new RedisOptions(redisOptions);
    bounded.getNetClientOptions().setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
    bounded.setMaxPoolSize(CONNECTIONS).setMaxPoolWaiting(MOST_WAITING);
    redis = Redis.createClient(vertx, bounded);
    breakerFailures = options.breakerFailures();
    breaker =
        CircuitBreaker.create(
            "redis",
            vertx,
            new CircuitBreakerOptions()
                // Opened from the window instead.
                .setMaxFailures(Integer.MAX_VALUE)
                .setTimeout(options.timeoutMillis())
                .setResetTimeout(options.breakerResetMillis())
                .setNotificationAddress(null));
    breaker.openHandler(ignored -> opened());
    breaker.closeHandler(
        ignored -> {
          away = false;
          window.clear();
          detail = "ok";
          LOG.info("cache uses redis again");
        });
  }

  /** Once an outage: a half-open breaker opens again at every attempt that fails. */
  private void opened() {
    if (!away) {
      away = true;
      LOG.warn("cache goes without redis: {}", detail);
    }
  }

  @Override
  public Future<@Nullable Held> get(String key) {
    // Both in one round trip: a value must not live longer in the process than behind it.
    List<Request> both =
        List.of(Request.cmd(Command.GET).arg(key), Request.cmd(Command.PTTL).arg(key));
    return guarded(() -> redis.batch(both), RedisLayer::held);
  }

  private static @Nullable Held held(List<Response> answers) {
    Response value = answers.get(0);
    long ttlMillis = answers.get(1).toLong();
    // -2: gone between the two; -1: without an end, so not written by this class.
    return value == null || ttlMillis <= 0
        ? null
        : new Held(UnsafeByteOperations.unsafeWrap(value.toBytes()), ttlMillis);
  }

  @Override
  public Future<Void> put(String key, ByteString value, long ttlMillis) {
    Request set =
        Request.cmd(Command.SET)
            .arg(key)
            .arg(Buffer.buffer(value.toByteArray()))
            .arg("PX")
            .arg(ttlMillis);
    return guarded(() -> redis.send(set), done -> null);
  }

  @Override
  public Future<Void> remove(String key) {
    return guarded(() -> redis.send(Request.cmd(Command.DEL).arg(key)), done -> null);
  }

  private <A, T> Future<@Nullable T> guarded(
      Supplier<Future<A>> call, Function<A, @Nullable T> answer) {
    return breaker
        .execute(() -> faults.pass(FaultPoint.REDIS, call))
        .map(
            reply -> {
              window.record(false);
              return answer.apply(reply);
            })
        .otherwise(
            failure -> {
              note(failure);
              return null;
            });
  }

  private void note(Throwable failure) {
    if (failure instanceof OpenCircuitException) {
      return;
    }
    failures.increment();
    detail = String.valueOf(failure.getMessage());
    if (window.record(true) >= breakerFailures && breaker.state() == CircuitBreakerState.CLOSED) {
      breaker.open();
    }
  }

  @Override
  public boolean up() {
    return breaker.state() == CircuitBreakerState.CLOSED;
  }

  @Override
  public String detail() {
    return detail;
  }

  @Override
  public long failures() {
    return failures.sum();
  }

  @Override
  public Future<Void> close() {
    breaker.close();
    return redis.close();
  }
}
