package io.sub30.gateway.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sub30.budget.NanoClock;
import io.sub30.config.EdgeCacheConfig;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Answers kept for the whole process. An answer is served again while it is younger than the
 * configured age, counted from when it was asked for, and its tenant has had no batch taken to its
 * lane since: a tenant that was told that its batch is stored never reads from here what was before
 * it. What other processes write is not heard of, which is what the age is for.
 *
 * <p>Bounded by bytes; those least likely to be asked for again make room. Thread-safe.
 */
public final class EdgeCache {

  /** Keeps nothing. */
  public static final EdgeCache OFF =
      new EdgeCache(new EdgeCacheConfig(Duration.ZERO, 0), NanoClock.SYSTEM);

  private static final long SECOND_NANOS = 1_000_000_000;

  /** How a question was answered. */
  enum Result {
    /** From here. */
    HIT,
    /** By a lane. */
    MISS,
    /** By a lane, because the client wanted it so. */
    FORCED
  }

  private final long maxAgeNanos;
  private final CharSequence lifetime;
  private final NanoClock clock;
  private final Generations generations = new Generations();
  private final Cache<AnswerKey, EdgeAnswer> kept;
  private final LongAdder[] results = new LongAdder[Result.values().length];
  private final LongAdder revalidated = new LongAdder();
  private final LongAdder evicted = new LongAdder();

  public EdgeCache(EdgeCacheConfig config, NanoClock clock) {
    this.clock = clock;
    this.maxAgeNanos = config.maxAge().toNanos();
    this.lifetime = HttpHeaders.createOptimized("private, max-age=" + config.maxAge().toSeconds());
    for (int i = 0; i < results.length; i++) {
      results[i] = new LongAdder();
    }
    this.kept =
        Caffeine.newBuilder()
            .maximumWeight(config.maxBytes())
            .weigher((AnswerKey key, EdgeAnswer answer) -> key.weight() + answer.body().length())
            // For their room alone, and in even nanoseconds: find() looks at the age itself.
            .expireAfterWrite(config.maxAge().plusMillis(1))
            .ticker(clock::nanoTime)
            .executor(Runnable::run)
            .evictionListener(
                (key, answer, cause) -> {
                  if (cause == RemovalCause.SIZE) {
                    evicted.increment();
                  }
                })
            .build();
  }

  boolean isOn() {
    return maxAgeNanos > 0;
  }

  /**
   * Begins to answer a question.
   *
   * @param requestDirectives the client's {@code Cache-Control}, if it sent one
   */
  public EdgeRead read(AnswerKey key, @Nullable String requestDirectives) {
    return new EdgeRead(this, key, RequestDirectives.wantsNew(requestDirectives));
  }

  /** A batch of the tenant has been to its lane: whatever is kept may be from before it. */
  public void wrote(String tenant) {
    generations.advance(tenant);
  }

  int generation(String tenant) {
    return generations.of(tenant);
  }

  long nowNanos() {
    return clock.nanoTime();
  }

  /** The kept answer if it may be served at that moment. */
  @Nullable EdgeAnswer find(AnswerKey key, long nowNanos) {
    EdgeAnswer answer = kept.getIfPresent(key);
    return answer != null
            && answer.generation() == generations.of(key.tenant())
            && nowNanos - answer.askedNanos() < maxAgeNanos
        ? answer
        : null;
  }

  void keep(AnswerKey key, EdgeAnswer answer) {
    kept.put(key, answer);
  }

  void count(Result result) {
    results[result.ordinal()].increment();
  }

  void countRevalidated() {
    revalidated.increment();
  }

  /** The value of {@code Cache-Control} of an answer that is kept. */
  CharSequence lifetime() {
    return lifetime;
  }

  /**
   * Whole seconds, rounded up: together with max-age nobody then keeps an answer for longer than it
   * is kept here.
   */
  static long ageSeconds(long ageNanos) {
    return (Math.max(0, ageNanos) + SECOND_NANOS - 1) / SECOND_NANOS;
  }

  long evicted() {
    kept.cleanUp();
    return evicted.sum();
  }

  /** What is kept, in bytes of heap as they are counted here; some of it may be past its age. */
  long bytes() {
    return kept.policy().eviction().map(all -> all.weightedSize().orElse(0)).orElse(0L);
  }

  long answered(Result result) {
    return results[result.ordinal()].sum();
  }

  long revalidated() {
    return revalidated.sum();
  }

  /** Shows there how much it is used. */
  public void meters(MeterRegistry registry) {
    for (Result result : Result.values()) {
      FunctionCounter.builder("sub30.edge.cache.reads", this, cache -> cache.answered(result))
          .tag("result", result.name().toLowerCase(Locale.ROOT))
          .description("Reads that were answered from the edge cache, or by a lane.")
          .register(registry);
    }
    FunctionCounter.builder("sub30.edge.cache.revalidated", this, EdgeCache::revalidated)
        .description("Reads answered 304, from the edge cache or by a lane.")
        .register(registry);
    FunctionCounter.builder("sub30.edge.cache.evicted", this, EdgeCache::evicted)
        .description("Answers that made room for others before their time.")
        .register(registry);
    Gauge.builder("sub30.edge.cache.bytes", this, EdgeCache::bytes)
        .description("What the kept answers take.")
        .register(registry);
  }
}
