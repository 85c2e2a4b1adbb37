package io.sub30.database.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.google.protobuf.ByteString;
import io.sub30.budget.BreakerStatus;
import io.sub30.budget.NanoClock;
import io.sub30.bus.Faults;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Bytes kept for a while under (tenant, kind, key): in the process, and behind it in Redis, where
 * other lanes and later processes find them. Futures fail only when a caller's own loader does.
 *
 * <p>An entry may be stale for as long as its time to live, never longer: a change made while Redis
 * is away reaches it only by that. {@link WriteNotices} tells sooner. Values above {@value
 * #MAX_VALUE_BYTES} bytes are refused.
 *
 * <p>Thread: the event loop that created it; {@link #status()} from anywhere.
 */
public final class TieredCache {

  /** Bytes a value may have. */
  public static final int MAX_VALUE_BYTES = 1 << 20;

  /** Milliseconds a value may live: a day. */
  public static final long MAX_TTL_MILLIS = 86_400_000;

  /** What an entry costs beside its key and value, about: node, record, headers. */
  private static final int ENTRY_BYTES = 128;

  /** Ends of flights' names; no key holds an exclamation mark. */
  private static final String LOAD = "!";

  private static final String FULL_LOAD = "!full";

  private final Cache<String, Entry> local;
  private final RemoteLayer remote;

  /** Loads in flight; bounded by the requests in flight on the lane. */
  private final Map<String, Promise<@Nullable ByteString>> loads = new HashMap<>();

  private final LongAdder localHits = new LongAdder();
  private final LongAdder remoteHits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder failedRefreshes = new LongAdder();

  private final NanoClock clock;

  private final Forgotten forgotten = new Forgotten(Forgotten.MAX_TENANTS);

  private record Entry(ByteString value, long keptNanos, long ttlNanos, long freshUntilNanos) {}

  /**
   * What the process holds.
   *
   * @param stale it is no longer fresh: to be served only while it is loaded anew
   */
  public record Found(ByteString value, boolean stale) {}

  TieredCache(RemoteLayer remote, CacheOptions options, NanoClock clock) {
    this.remote = remote;
    this.clock = clock;
    this.local =
        Caffeine.newBuilder()
            .maximumWeight(options.localBytes())
            .weigher((String key, Entry entry) -> weight(key, entry.value()))
            .expireAfter(Expiry.writing((String key, Entry entry) -> ttl(entry)))
            .ticker(clock::nanoTime)
            // Upkeep is a few microseconds; another pool's threads would wake for it.
            .executor(Runnable::run)
            .build();
  }

  /**
   * A cache of this lane; to be called on its event loop. Redis need not be up.
   *
   * @param faults those of {@code redis} are injected into every call to it
   */
  public static TieredCache create(
      Vertx vertx, RedisOptions redis, CacheOptions options, Faults faults) {
    RedisLayer remote = new RedisLayer(vertx, redis, options, faults);
    return new TieredCache(remote, options, NanoClock.SYSTEM);
  }

  /** A cache in the process alone. */
  public static TieredCache local(CacheOptions options, NanoClock clock) {
    return new TieredCache(RemoteLayer.NONE, options, clock);
  }

  private static int weight(String key, ByteString value) {
    return ENTRY_BYTES + 2 * key.length() + value.size();
  }

  private static Duration ttl(Entry entry) {
    return Duration.ofNanos(entry.ttlNanos());
  }

  /** What is cached, or null. Concurrent calls for one key share one question to Redis. */
  public Future<@Nullable ByteString> get(String tenant, String kind, String key) {
    return find(tenant, CacheKey.of(tenant, kind, key), null, null);
  }

  /**
   * What is cached, else what the loader gives, which is then cached. Concurrent calls for one key
   * share one load. A value that is cached but no longer fresh is given at once, and loaded anew
   * behind the caller's back: one load at a time, and its failure leaves things as they are.
   *
   * @param life of a loaded value
   * @param loader its failure is the caller's and is not cached; null is not cached either
   */
  public Future<@Nullable ByteString> get(
      String tenant,
      String kind,
      String key,
      Lifetime life,
      Supplier<Future<@Nullable ByteString>> loader) {
    return find(tenant, CacheKey.of(tenant, kind, key), life, loader);
  }

  /** What the process holds, without asking Redis; null when it is nothing. */
  public @Nullable Found peek(String tenant, String kind, String key) {
    Entry entry = held(tenant, CacheKey.of(tenant, kind, key));
    if (entry == null) {
      return null;
    }
    localHits.increment();
    return new Found(entry.value(), stale(entry));
  }

  /**
   * What the loader gives, whatever is cached; it is then cached. Concurrent calls for one key
   * share one load, or two when some of them want more of it.
   *
   * @param full whether this is a load that fetches more than the usual one
   */
  public Future<@Nullable ByteString> load(
      String tenant,
      String kind,
      String key,
      boolean full,
      Lifetime life,
      Supplier<Future<@Nullable ByteString>> loader) {
    String name = CacheKey.of(tenant, kind, key);
    String flight = name + (full ? FULL_LOAD : LOAD);
    Promise<@Nullable ByteString> running = loads.get(flight);
    if (running != null) {
      return running.future();
    }
    Promise<@Nullable ByteString> load = Promise.promise();
    loads.put(flight, load);
    // From a future, so that a loader that throws is a failed load and not a flight for ever.
    return landed(
        flight,
        load,
        Future.succeededFuture().compose(go -> loaded(name, flight, load, life, loader)));
  }

  /** As below, for a value that is fresh for all its time. */
  public Future<Void> put(
      String tenant, String kind, String key, ByteString value, long ttlMillis) {
    return put(tenant, kind, key, value, Lifetime.of(ttlMillis));
  }

  /**
   * Caches a value in both layers.
   *
   * @return completes when Redis has it or is given up; the value is in the process at once
   */
  public Future<Void> put(String tenant, String kind, String key, ByteString value, Lifetime life) {
    String name = CacheKey.of(tenant, kind, key);
    supersede(name);
    keep(name, bounded(value), life.freshMillis(), life.ttlMillis());
    return remote.put(name, value, life.ttlMillis());
  }

  /**
   * Caches a value in Redis alone: what is written all the time and hardly ever asked for would
   * only age in the process. Without Redis it is not kept. A value that the process holds of the
   * key stays.
   *
   * @return completes when Redis has it or is given up
   */
  public Future<Void> putBehind(
      String tenant, String kind, String key, ByteString value, long ttlMillis) {
    return remote.put(CacheKey.of(tenant, kind, key), bounded(value), ttlMillis);
  }

  private static ByteString bounded(ByteString value) {
    if (value.size() > MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "a value of " + value.size() + " bytes is above " + MAX_VALUE_BYTES);
    }
    return value;
  }

  /** Forgets a value in both layers. */
  public Future<Void> invalidate(String tenant, String kind, String key) {
    String name = CacheKey.of(tenant, kind, key);
    supersede(name);
    local.invalidate(name);
    return remote.remove(name);
  }

  /**
   * Forgets what the process holds of a tenant, and does not keep what is being loaded for it;
   * Redis is asked again.
   */
  public void forget(String tenant) {
    forgotten.add(tenant, clock.nanoTime());
    String prefix = CacheKey.prefix(tenant);
    loads.keySet().removeIf(flight -> flight.startsWith(prefix));
  }

  /** Likewise, of every tenant. */
  public void forgetAll() {
    local.invalidateAll();
    forgotten.clear();
    loads.clear();
  }

  /** Health of Redis, and counts since start. */
  public CacheStatus status() {
    return new CacheStatus(
        remote.up(),
        remote.detail(),
        localHits.sum(),
        remoteHits.sum(),
        misses.sum(),
        remote.failures(),
        failedRefreshes.sum(),
        local.estimatedSize());
  }

  /** The breaker before Redis; empty without Redis. On the lane. */
  public Optional<BreakerStatus> breaker() {
    return remote.breaker();
  }

  /** Closes the connections to Redis. */
  public Future<Void> close() {
    return remote.close();
  }

  private @Nullable Entry held(String tenant, String name) {
    Entry entry = local.getIfPresent(name);
    if (entry != null && forgotten.covers(tenant, entry.keptNanos())) {
      local.invalidate(name);
      return null;
    }
    return entry;
  }

  private Future<@Nullable ByteString> find(
      String tenant,
      String name,
      @Nullable Lifetime life,
      @Nullable Supplier<Future<@Nullable ByteString>> loader) {
    Entry entry = held(tenant, name);
    if (entry != null) {
      localHits.increment();
      if (life != null && loader != null && stale(entry)) {
        refresh(name, life, loader);
      }
      return Future.succeededFuture(entry.value());
    }
    // A question to Redis and a load are flights of their own: who only asks must not wait for,
    // nor fail with, somebody else's loader.
    return flight(name, loader == null ? "" : LOAD, life, loader);
  }

  private Future<@Nullable ByteString> flight(
      String name,
      String suffix,
      @Nullable Lifetime life,
      @Nullable Supplier<Future<@Nullable ByteString>> loader) {
    String flight = name + suffix;
    Promise<@Nullable ByteString> running = loads.get(flight);
    if (running != null) {
      return running.future();
    }
    Promise<@Nullable ByteString> load = Promise.promise();
    loads.put(flight, load);
    return landed(
        flight,
        load,
        remote
            .get(name)
            .compose(held -> received(name, flight, load, held, life))
            .compose(
                value ->
                    value != null || loader == null || life == null
                        ? Future.succeededFuture(value)
                        : loaded(name, flight, load, life, loader)));
  }

  /** Loads anew for nobody in particular, unless that is being done. */
  private void refresh(String name, Lifetime life, Supplier<Future<@Nullable ByteString>> loader) {
    String flight = name + LOAD;
    if (loads.containsKey(flight)) {
      return;
    }
    Promise<@Nullable ByteString> load = Promise.promise();
    loads.put(flight, load);
    landed(
            flight,
            load,
            Future.succeededFuture().compose(go -> loaded(name, flight, load, life, loader)))
        .onFailure(failure -> failedRefreshes.increment());
  }

  private Future<@Nullable ByteString> landed(
      String flight, Promise<@Nullable ByteString> load, Future<@Nullable ByteString> end) {
    end.onComplete(
        done -> {
          loads.remove(flight, load);
          load.handle(done);
        });
    return load.future();
  }

  private Future<@Nullable ByteString> received(
      String name,
      String flight,
      Promise<@Nullable ByteString> load,
      RemoteLayer.@Nullable Held held,
      @Nullable Lifetime life) {
    if (held == null) {
      misses.increment();
      return Future.succeededFuture();
    }
    remoteHits.increment();
    if (loads.get(flight) == load) {
      long ttlMillis = held.ttlMillis();
      keep(
          name,
          held.value(),
          life == null ? ttlMillis : life.freshLeftMillis(ttlMillis),
          ttlMillis);
    }
    return Future.succeededFuture(held.value());
  }

  private Future<@Nullable ByteString> loaded(
      String name,
      String flight,
      Promise<@Nullable ByteString> load,
      Lifetime life,
      Supplier<Future<@Nullable ByteString>> loader) {
    return loader
        .get()
        .onSuccess(
            value -> {
              // Not when a put or an invalidate came in between: the loaded value is the older.
              if (value != null && value.size() <= MAX_VALUE_BYTES && loads.get(flight) == load) {
                keep(name, value, life.freshMillis(), life.ttlMillis());
                remote.put(name, value, life.ttlMillis());
              }
            });
  }

  /** Whatever is in flight for a key may still answer its callers, but is no longer kept. */
  private void supersede(String name) {
    if (!loads.isEmpty()) {
      loads.remove(name);
      loads.remove(name + LOAD);
      loads.remove(name + FULL_LOAD);
    }
  }

  private void keep(String name, ByteString value, long freshMillis, long ttlMillis) {
    long now = clock.nanoTime();
    local.put(
        name,
        new Entry(
            value,
            now,
            TimeUnit.MILLISECONDS.toNanos(ttlMillis),
            now + TimeUnit.MILLISECONDS.toNanos(freshMillis)));
  }

  private boolean stale(Entry entry) {
    return clock.nanoTime() - entry.freshUntilNanos() >= 0;
  }
}
