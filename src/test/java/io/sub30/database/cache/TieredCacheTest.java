package io.sub30.database.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import io.sub30.budget.BreakerLimits;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TieredCacheTest {

  private static final ByteString ONE = ByteString.copyFromUtf8("one");
  private static final ByteString TWO = ByteString.copyFromUtf8("two");

  private final FakeRemote remote = new FakeRemote();
  private long nanos = Long.MAX_VALUE - 5; // wraps during every test that moves it
  private final TieredCache cache =
      new TieredCache(remote, CacheOptions.with(BreakerLimits.DEFAULT), () -> nanos);

  @Test
  void put_thenGet_answersFromTheProcess() {
    cache.put("acme", "quote", "EURUSD", ONE, 1_000);

    assertThat(get("acme", "EURUSD")).isEqualTo(ONE);
    assertThat(remote.asked).isEmpty();
    assertThat(cache.status().localHits()).isEqualTo(1);
  }

  @Test
  void putBehind_thenGet_isInRedisAloneUntilItIsAskedFor() {
    cache.putBehind("acme", "quote", "EURUSD", ONE, 1_000);

    assertThat(cache.peek("acme", "quote", "EURUSD")).isNull();
    assertThat(cache.status().localEntries()).isZero();
    assertThat(get("acme", "EURUSD")).isEqualTo(ONE);
    assertThat(remote.asked).hasSize(1);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                cache.putBehind(
                    "acme",
                    "quote",
                    "EURUSD",
                    ByteString.copyFrom(new byte[TieredCache.MAX_VALUE_BYTES + 1]),
                    1_000));
  }

  @Test
  void forget_tenant_asksRedisAgainForItAlone() {
    cache.put("acme", "quote", "EURUSD", ONE, 1_000);
    cache.put("acme-2", "quote", "EURUSD", ONE, 1_000);
    remote.held.put("sub30:acme:quote:EURUSD", new RemoteLayer.Held(TWO, 30));

    cache.forget("acme");

    assertThat(cache.peek("acme", "quote", "EURUSD")).isNull();
    assertThat(get("acme-2", "EURUSD")).isEqualTo(ONE);
    assertThat(remote.asked).isEmpty();
    nanos++;
    assertThat(get("acme", "EURUSD")).isEqualTo(TWO);
    assertThat(remote.asked).hasSize(1);
    assertThat(get("acme", "EURUSD")).as("kept after it was forgotten").isEqualTo(TWO);
    assertThat(remote.asked).hasSize(1);
  }

  @Test
  void forget_whileLoading_answersAndDoesNotKeep() {
    List<Promise<@Nullable ByteString>> loads = new ArrayList<>();
    Future<@Nullable ByteString> answer = load(loads);

    cache.forget("acme");
    nanos++;
    loads.get(0).complete(ONE);

    assertThat(answer.result()).isEqualTo(ONE);
    assertThat(cache.peek("acme", "quote", "EURUSD")).isNull();
  }

  @Test
  void forgetAll_everyTenant_asksRedisAgain() {
    cache.put("acme", "quote", "EURUSD", ONE, 1_000);
    cache.put("other", "quote", "EURUSD", ONE, 1_000);

    cache.forgetAll();

    assertThat(cache.peek("acme", "quote", "EURUSD")).isNull();
    assertThat(cache.peek("other", "quote", "EURUSD")).isNull();
    cache.put("acme", "quote", "EURUSD", TWO, 1_000);
    assertThat(cache.peek("acme", "quote", "EURUSD")).isEqualTo(new TieredCache.Found(TWO, false));
  }

  @Test
  void get_otherTenantKindOrKey_isMiss() {
    cache.put("acme", "quote", "EURUSD", ONE, 1_000);

    assertThat(get("other", "EURUSD")).isNull();
    assertThat(get("acme", "GBPUSD")).isNull();
    assertThat(cache.get("acme", "prediction", "EURUSD").result()).isNull();
    assertThat(cache.status().misses()).isEqualTo(3);
  }

  @Test
  void get_timeToLive_endsExactlyThen() {
    cache.put("acme", "quote", "EURUSD", ONE, 1_000);
    remote.held.clear();

    nanos += TimeUnit.MILLISECONDS.toNanos(1_000) - 1;
    assertThat(get("acme", "EURUSD")).isEqualTo(ONE);
    nanos += 1;
    assertThat(get("acme", "EURUSD")).isNull();
  }

  @Test
  void put_again_replacesValueAndTimeToLive() {
    cache.put("acme", "quote", "EURUSD", ONE, 10);
    cache.put("acme", "quote", "EURUSD", TWO, 1_000);
    nanos += TimeUnit.MILLISECONDS.toNanos(500);

    assertThat(get("acme", "EURUSD")).isEqualTo(TWO);
    assertThat(remote.asked).isEmpty();
  }

  @Test
  void get_heldBehind_isKeptForTheRestOfItsTime() {
    remote.held.put("sub30:acme:quote:EURUSD", new RemoteLayer.Held(ONE, 30));

    assertThat(get("acme", "EURUSD")).isEqualTo(ONE);
    remote.held.clear();
    nanos += TimeUnit.MILLISECONDS.toNanos(29);
    assertThat(get("acme", "EURUSD")).isEqualTo(ONE);
    nanos += TimeUnit.MILLISECONDS.toNanos(1);
    assertThat(get("acme", "EURUSD")).isNull();
    assertThat(cache.status().remoteHits()).isEqualTo(1);
  }

  @Test
  void get_concurrently_loadsOnce() {
    List<Promise<@Nullable ByteString>> loads = new ArrayList<>();
    Future<@Nullable ByteString> first = load(loads);
    Future<@Nullable ByteString> second = load(loads);
    assertThat(loads).hasSize(1);
    assertThat(first.isComplete()).isFalse();

    loads.get(0).complete(ONE);

    assertThat(first.result()).isEqualTo(ONE);
    assertThat(second.result()).isEqualTo(ONE);
    assertThat(get("acme", "EURUSD")).isEqualTo(ONE);
    assertThat(remote.held).containsKey("sub30:acme:quote:EURUSD");
  }

  @Test
  void get_loaderFails_failsItsCallersAndIsTriedAgain() {
    List<Promise<@Nullable ByteString>> loads = new ArrayList<>();
    Future<@Nullable ByteString> first = load(loads);
    Future<@Nullable ByteString> plain = cache.get("acme", "quote", "EURUSD");
    loads.get(0).fail("no source");

    assertThat(first.failed()).isTrue();
    assertThat(plain.succeeded()).isTrue();
    assertThat(plain.result()).isNull();
    load(loads);
    assertThat(loads).hasSize(2);
  }

  @Test
  void get_putWhileLoading_keepsTheNewerValue() {
    List<Promise<@Nullable ByteString>> loads = new ArrayList<>();
    Future<@Nullable ByteString> older = load(loads);
    cache.put("acme", "quote", "EURUSD", TWO, 1_000);
    loads.get(0).complete(ONE);

    assertThat(older.result()).isEqualTo(ONE);
    assertThat(get("acme", "EURUSD")).isEqualTo(TWO);
  }

  @Test
  void get_invalidatedWhileLoading_keepsNothing() {
    List<Promise<@Nullable ByteString>> loads = new ArrayList<>();
    load(loads);
    cache.invalidate("acme", "quote", "EURUSD");
    loads.get(0).complete(ONE);

    assertThat(get("acme", "EURUSD")).isNull();
  }

  @Test
  void invalidate_present_isGoneFromBothLayers() {
    cache.put("acme", "quote", "EURUSD", ONE, 1_000);
    cache.invalidate("acme", "quote", "EURUSD");

    assertThat(remote.held).isEmpty();
    assertThat(get("acme", "EURUSD")).isNull();
  }

  @Test
  void put_moreThanFits_staysWithinItsWeight() {
    TieredCache small =
        new TieredCache(
            RemoteLayer.NONE, new CacheOptions(64 << 10, 5, BreakerLimits.DEFAULT), () -> nanos);
    ByteString kilobyte = ByteString.copyFrom(new byte[1_024]);
    for (int i = 0; i < 1_000; i++) {
      small.put("acme", "quote", "S" + i, kilobyte, 1_000);
    }
    assertThat(small.status().localEntries()).isBetween(1L, 64L);
  }

  @Test
  void put_outOfRange_refuses() {
    ByteString largest = ByteString.copyFrom(new byte[TieredCache.MAX_VALUE_BYTES]);
    cache.put("acme", "quote", "A", largest, TieredCache.MAX_TTL_MILLIS);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.put("acme", "quote", "A", largest.concat(ONE), 1_000));
    assertThatIllegalArgumentException().isThrownBy(() -> cache.put("acme", "quote", "A", ONE, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.put("acme", "quote", "A", ONE, TieredCache.MAX_TTL_MILLIS + 1));
  }

  private @Nullable ByteString get(String tenant, String key) {
    return cache.get(tenant, "quote", key).result();
  }

  @Test
  void get_stale_isServedWhileOneLoadRuns() {
    List<Promise<@Nullable ByteString>> loads = new ArrayList<>();
    cache.put("acme", "quote", "EURUSD", ONE, new Lifetime(100, 1_000));
    nanos += TimeUnit.MILLISECONDS.toNanos(100) - 1;
    assertThat(load(loads).result()).isEqualTo(ONE);
    assertThat(loads).isEmpty();
    nanos += 1;

    assertThat(load(loads).result()).isEqualTo(ONE);
    assertThat(load(loads).result()).isEqualTo(ONE);
    assertThat(loads).hasSize(1);
    loads.get(0).complete(TWO);

    assertThat(load(loads).result()).isEqualTo(TWO);
    assertThat(loads).hasSize(1);
    assertThat(remote.held)
        .containsEntry("sub30:acme:quote:EURUSD", new RemoteLayer.Held(TWO, 1_000));
  }

  @Test
  void get_staleAndTheLoadFails_isServedToItsEndAndTriedAgain() {
    List<Promise<@Nullable ByteString>> loads = new ArrayList<>();
    cache.put("acme", "quote", "EURUSD", ONE, new Lifetime(100, 1_000));
    remote.held.clear();
    nanos += TimeUnit.MILLISECONDS.toNanos(100);
    load(loads);
    loads.get(0).fail("no source");

    assertThat(load(loads).result()).isEqualTo(ONE);
    assertThat(loads).hasSize(2);
    assertThat(cache.status().failedRefreshes()).isEqualTo(1);
    loads.get(1).fail("no source");
    nanos += TimeUnit.MILLISECONDS.toNanos(900);
    assertThat(get("acme", "EURUSD")).isNull();
  }

  @Test
  void get_putWhileARefreshRuns_keepsTheNewerValue() {
    List<Promise<@Nullable ByteString>> loads = new ArrayList<>();
    cache.put("acme", "quote", "EURUSD", ONE, new Lifetime(100, 1_000));
    nanos += TimeUnit.MILLISECONDS.toNanos(100);
    load(loads);
    cache.put("acme", "quote", "EURUSD", TWO, 1_000);
    loads.get(0).complete(ONE);

    assertThat(get("acme", "EURUSD")).isEqualTo(TWO);
  }

  @Test
  void peek_local_tellsWhetherItIsStaleAndNeverAsksBehind() {
    remote.held.put("sub30:acme:quote:GBPUSD", new RemoteLayer.Held(ONE, 1_000));
    cache.put("acme", "quote", "EURUSD", ONE, new Lifetime(100, 1_000));
    assertThat(cache.peek("acme", "quote", "EURUSD")).isEqualTo(new TieredCache.Found(ONE, false));
    nanos += TimeUnit.MILLISECONDS.toNanos(100);
    assertThat(cache.peek("acme", "quote", "EURUSD")).isEqualTo(new TieredCache.Found(ONE, true));
    assertThat(cache.peek("acme", "quote", "GBPUSD")).isNull();
    assertThat(remote.asked).isEmpty();
  }

  @Test
  void get_partOfItsLifeIsOverInRedis_isAsStaleAsItWouldBe() {
    Lifetime life = new Lifetime(100, 1_000);
    remote.held.put("sub30:acme:quote:EURUSD", new RemoteLayer.Held(ONE, 950));

    assertThat(
            cache.get("acme", "quote", "EURUSD", life, () -> Future.failedFuture("asked")).result())
        .isEqualTo(ONE);
    nanos += TimeUnit.MILLISECONDS.toNanos(49);
    assertThat(cache.peek("acme", "quote", "EURUSD")).isEqualTo(new TieredCache.Found(ONE, false));
    nanos += TimeUnit.MILLISECONDS.toNanos(1);
    assertThat(cache.peek("acme", "quote", "EURUSD")).isEqualTo(new TieredCache.Found(ONE, true));
  }

  @Test
  void load_full_isAFlightOfItsOwnAndSupersededLikewise() {
    List<Promise<@Nullable ByteString>> loads = new ArrayList<>();
    Lifetime life = Lifetime.of(1_000);
    for (boolean full : new boolean[] {false, true, false, true}) {
      cache.load(
          "acme",
          "quote",
          "EURUSD",
          full,
          life,
          () -> {
            Promise<@Nullable ByteString> load = Promise.promise();
            loads.add(load);
            return load.future();
          });
    }
    assertThat(loads).hasSize(2);
    cache.put("acme", "quote", "EURUSD", TWO, 1_000);
    loads.forEach(load -> load.complete(ONE));
    assertThat(get("acme", "EURUSD")).isEqualTo(TWO);
  }

  private Future<@Nullable ByteString> load(List<Promise<@Nullable ByteString>> loads) {
    return cache.get(
        "acme",
        "quote",
        "EURUSD",
        new Lifetime(100, 1_000),
        () -> {
          Promise<@Nullable ByteString> load = Promise.promise();
          loads.add(load);
          return load.future();
        });
  }

  /** A layer behind that answers at once. */
  private static final class FakeRemote implements RemoteLayer {

    final Map<String, Held> held = new HashMap<>();
    final List<String> asked = new ArrayList<>();

    @Override
    public Future<@Nullable Held> get(String key) {
      asked.add(key);
      return Future.succeededFuture(held.get(key));
    }

    @Override
    public Future<Void> put(String key, ByteString value, long ttlMillis) {
      held.put(key, new Held(value, ttlMillis));
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> remove(String key) {
      held.remove(key);
      return Future.succeededFuture();
    }

    @Override
    public boolean up() {
      return true;
    }

    @Override
    public String detail() {
      return "ok";
    }

    @Override
    public long failures() {
      return 0;
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
