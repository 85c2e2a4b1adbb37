package io.sub30.database.cache;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.sub30.budget.BreakerState;
import io.sub30.budget.BreakerStatus;
import io.sub30.budget.NanoClock;
import io.sub30.bus.Dependency;
import io.sub30.bus.DependencyBreaker;
import io.sub30.bus.FailureCode;
import io.sub30.bus.FaultPoint;
import io.sub30.bus.Faults;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Redis behind a circuit breaker: a call that is late is given up, and while the breaker is open no
 * call waits at all; a PING of the breaker's own finds out whether Redis is back.
 *
 * <p>Thread: the event loop it is created on.
 */
final class RedisLayer implements RemoteLayer {

  /** A host that swallows packets must not hold a pooled connection for the default minute. */
  private static final int CONNECT_TIMEOUT_MILLIS = 1_000;

  private static final int CONNECTIONS = 4;
  private static final int MOST_WAITING = 1_000;

  private final Redis redis;
  private final Faults faults;
  private final DependencyBreaker breaker;
  private final LongAdder failures = new LongAdder();
  private volatile String lastFailure = "";

  RedisLayer(Vertx vertx, RedisOptions redisOptions, CacheOptions options, Faults faults) {
    this.faults = faults;
    RedisOptions bounded = new RedisOptions(redisOptions);
    bounded.getNetClientOptions().setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
    bounded.setMaxPoolSize(CONNECTIONS).setMaxPoolWaiting(MOST_WAITING);
    redis = Redis.createClient(vertx, bounded);
    breaker =
        new DependencyBreaker(
            vertx,
            NanoClock.SYSTEM,
            Dependency.of("redis", Hop.DATABASE_SERVICE).withTimeout(options.timeoutMillis()),
            options.breaker(),
            () -> faults.pass(FaultPoint.REDIS, () -> redis.send(Request.cmd(Command.PING))));
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
        .call(() -> faults.pass(FaultPoint.REDIS, call))
        .map(answer)
        .otherwise(
            failure -> {
              note(failure);
              return null;
            });
  }

  private void note(Throwable failure) {
    if (failure instanceof HopFailure hop && hop.code() == FailureCode.UNAVAILABLE) {
      return; // not asked
    }
    failures.increment();
    lastFailure = String.valueOf(failure.getMessage());
  }

  @Override
  public boolean up() {
    return breaker.state() == BreakerState.CLOSED;
  }

  @Override
  public String detail() {
    return up() ? "ok" : lastFailure;
  }

  @Override
  public Optional<BreakerStatus> breaker() {
    return Optional.of(breaker.status());
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
