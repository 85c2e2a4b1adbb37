package io.sub30.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.FakeNanoClock;
import io.sub30.budget.Tier;
import io.sub30.config.EdgeCacheConfig;
import io.sub30.gateway.edge.EdgeCache.Result;
import io.sub30.v1.BarsRequest;
import io.sub30.v1.LatestRequest;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeCacheTest {

  private static final long SECOND = 1_000_000_000;
  private static final String JSON = "application/json";
  private static final LatestRequest QUOTE =
      LatestRequest.newBuilder().setSymbol("EURUSD").setTerminal("t").build();
  private static final AnswerKey KEY = new AnswerKey("acme", Tier.FREE, QUOTE, JSON);

  private final FakeNanoClock clock = new FakeNanoClock(Long.MAX_VALUE - SECOND);
  private final EdgeCache cache = cache(Duration.ofSeconds(2), 1 << 20);

  private EdgeCache cache(Duration maxAge, long maxBytes) {
    return new EdgeCache(new EdgeCacheConfig(maxAge, maxBytes), clock);
  }

  /**
   * Asks, as a client that says nothing about caches, and has a lane answer when that is needed.
   */
  private static String ask(EdgeCache cache, AnswerKey key, String fromTheLane) {
    return ask(cache, key, null, fromTheLane);
  }

  private static String ask(
      EdgeCache cache, AnswerKey key, @Nullable String directives, String fromTheLane) {
    EdgeRead read = cache.read(key, directives);
    EdgeAnswer kept = read.find();
    return (kept != null ? kept : read.made(Buffer.buffer(fromTheLane), "\"t\"", true))
        .body()
        .toString();
  }

  private static Map<String, String> headers(EdgeRead read, EdgeAnswer answer) {
    Map<String, String> headers = new HashMap<>();
    read.headers(answer, (name, value) -> headers.put(name.toString(), value.toString()));
    return headers;
  }

  // ---- what is one question

  @Test
  void ask_theSameQuestion_isAnsweredFromTheCache() {
    assertThat(ask(cache, KEY, "old")).isEqualTo("old");

    AnswerKey again =
        new AnswerKey(
            "acme", Tier.FREE, QUOTE.toBuilder().build(), String.valueOf(JSON.toCharArray()));
    assertThat(ask(cache, again, "new")).isEqualTo("old");
    assertThat(cache.answered(Result.HIT)).isEqualTo(1);
    assertThat(cache.answered(Result.MISS)).isEqualTo(1);
  }

  @Test
  void ask_anythingElse_isAnotherQuestion() {
    ask(cache, KEY, "old");

    BarsRequest bars = BarsRequest.newBuilder().setSymbol("EURUSD").setTerminal("t").build();
    for (AnswerKey other :
        List.of(
            new AnswerKey("other", Tier.FREE, QUOTE, JSON),
            new AnswerKey("Acme", Tier.FREE, QUOTE, JSON),
            new AnswerKey("acme", Tier.PRO, QUOTE, JSON),
            new AnswerKey("acme", Tier.FREE, QUOTE, "application/x-protobuf"),
            new AnswerKey("acme", Tier.FREE, QUOTE.toBuilder().setPrediction(true).build(), JSON),
            new AnswerKey("acme", Tier.FREE, QUOTE.toBuilder().setSymbol("GBPUSD").build(), JSON),
            new AnswerKey("acme", Tier.FREE, QUOTE.toBuilder().setTerminal("").build(), JSON),
            new AnswerKey("acme", Tier.FREE, bars, JSON))) {
      assertThat(ask(cache, other, "new")).as(other.toString()).isEqualTo("new");
    }
    assertThat(ask(cache, KEY, "newer")).isEqualTo("old");
  }

  // ---- how long

  @Test
  void ask_upToItsAge_isAnsweredFromTheCacheAndNotAfterwards() {
    ask(cache, KEY, "old");

    clock.advanceNanos(2 * SECOND - 1);
    assertThat(ask(cache, KEY, "new")).isEqualTo("old");
    clock.advanceNanos(1);
    assertThat(ask(cache, KEY, "new")).isEqualTo("new");
  }

  @Test
  void ask_answerThatTookItsTime_isAsOldAsItsQuestion() {
    EdgeRead slow = cache.read(KEY, null);
    assertThat(slow.find()).isNull();
    clock.advanceNanos(SECOND);
    slow.made(Buffer.buffer("old"), "\"t\"", true);

    clock.advanceNanos(SECOND - 1);
    assertThat(ask(cache, KEY, "new")).isEqualTo("old");
    clock.advanceNanos(1);
    assertThat(ask(cache, KEY, "new")).isEqualTo("new");
  }

  @Test
  void ask_cacheThatIsOff_asksTheLaneAndKeepsNothing() {
    for (EdgeCache off : List.of(EdgeCache.OFF, cache(Duration.ZERO, 1 << 20))) {
      assertThat(ask(off, KEY, "old")).isEqualTo("old");
      assertThat(ask(off, KEY, "new")).isEqualTo("new");
      assertThat(off.bytes()).isZero();
      EdgeRead read = off.read(KEY, null);
      assertThat(read.find()).isNull();
      assertThat(headers(read, read.made(Buffer.buffer("x"), "\"x\"", true)))
          .containsEntry("cache-control", "private, no-cache")
          .containsEntry("etag", "\"x\"")
          .doesNotContainKeys("age", "cache-status");
    }
  }

  // ---- writes

  @Test
  void wrote_theTenant_endsAllThatWasKeptForIt() {
    AnswerKey protobuf = new AnswerKey("acme", Tier.FREE, QUOTE, "application/x-protobuf");
    ask(cache, KEY, "old");
    ask(cache, protobuf, "old");

    cache.wrote("acme");

    assertThat(ask(cache, KEY, "new")).isEqualTo("new");
    assertThat(ask(cache, protobuf, "new")).isEqualTo("new");
    assertThat(ask(cache, KEY, "newer")).isEqualTo("new");
  }

  @Test
  void wrote_whileALaneIsAsked_itsAnswerIsNotServedAgain() {
    EdgeRead overtaken = cache.read(KEY, null);
    assertThat(overtaken.find()).isNull();
    cache.wrote("acme");
    overtaken.made(Buffer.buffer("old"), "\"t\"", true);

    assertThat(ask(cache, KEY, "new")).isEqualTo("new");
  }

  @Test
  void wrote_anotherTenant_leavesNearlyEverybodysAnswers() {
    for (int i = 0; i < 1_000; i++) {
      ask(cache, new AnswerKey("tenant-" + i, Tier.FREE, QUOTE, JSON), "old");
    }
    cache.wrote("acme");
    int lost = 0;
    for (int i = 0; i < 1_000; i++) {
      lost +=
          ask(cache, new AnswerKey("tenant-" + i, Tier.FREE, QUOTE, JSON), "new").equals("new")
              ? 1
              : 0;
    }
    // Each shares acme's counter with a chance of 1 in 16,384.
    assertThat(lost).isLessThan(10);
  }

  // ---- what is not kept

  @Test
  void made_lessThanWasAskedFor_isNotKept() {
    EdgeRead read = cache.read(KEY, null);
    assertThat(read.find()).isNull();
    EdgeAnswer partial = read.made(Buffer.buffer("half"), "\"h\"", false);

    assertThat(headers(read, partial))
        .containsEntry("cache-control", "private, no-cache")
        .containsEntry("cache-status", "sub30; fwd=miss");
    assertThat(ask(cache, KEY, "whole")).isEqualTo("whole");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no-cache",
        "No-Cache",
        "max-age=0",
        "no-store",
        "foo=\"a\", no-cache",
        "a,max-age=0 "
      })
  void ask_clientThatWantsANewOne_asksTheLaneAndTheAnswerServesOthers(String directives) {
    ask(cache, KEY, "old");

    assertThat(ask(cache, KEY, directives, "new")).isEqualTo("new");
    assertThat(cache.answered(Result.FORCED)).isEqualTo(1);
    assertThat(ask(cache, KEY, "newer")).isEqualTo("new");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "max-age=10", "max-age=00000001", "no-transform", "no-cachet", ",,"})
  void ask_otherDirectives_areNoReasonToAskTheLane(String directives) {
    ask(cache, KEY, "old");

    assertThat(ask(cache, KEY, directives, "new")).isEqualTo("old");
  }

  // ---- headers

  @Test
  void headers_missAndHit_sayWhereFromAndHowOld() {
    EdgeRead miss = cache.read(KEY, null);
    assertThat(miss.find()).isNull();
    assertThat(headers(miss, miss.made(Buffer.buffer("x"), "\"x\"", true)))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "etag", "\"x\"",
                "vary", "authorization, accept",
                "cache-control", "private, max-age=2",
                "cache-status", "sub30; fwd=miss; stored"));

    clock.advanceNanos(SECOND + 1);
    EdgeRead hit = cache.read(KEY, null);
    EdgeAnswer kept = Objects.requireNonNull(hit.find());
    assertThat(headers(hit, kept))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "etag", "\"x\"",
                "vary", "authorization, accept",
                "cache-control", "private, max-age=2",
                "age", "2",
                "cache-status", "sub30; hit"));
  }

  @Test
  void ageSeconds_isRoundedUp() {
    assertThat(EdgeCache.ageSeconds(-1)).isZero();
    assertThat(EdgeCache.ageSeconds(0)).isZero();
    assertThat(EdgeCache.ageSeconds(1)).isEqualTo(1);
    assertThat(EdgeCache.ageSeconds(SECOND)).isEqualTo(1);
    assertThat(EdgeCache.ageSeconds(SECOND + 1)).isEqualTo(2);
  }

  // ---- how much

  @Test
  void keep_moreThanTheBound_makesRoomAndCounts() {
    long bound = 1 << 16;
    EdgeCache small = cache(Duration.ofSeconds(60), bound);
    for (int i = 0; i < 1_000; i++) {
      ask(small, new AnswerKey("tenant-" + i, Tier.FREE, QUOTE, JSON), "x".repeat(1_000));
      assertThat(small.bytes()).isLessThanOrEqualTo(bound);
    }
    assertThat(small.bytes()).isGreaterThan(bound / 2);
    // 1,000 bytes and what surrounds them: some 40 fit.
    assertThat(small.evicted()).isBetween(950L, 975L);
  }

  @Test
  void keep_anAnswerLargerThanTheBound_isNotKept() {
    EdgeCache small = cache(Duration.ofSeconds(60), 1 << 16);
    assertThat(ask(small, KEY, "x".repeat(1 << 16))).hasSize(1 << 16);

    assertThat(ask(small, KEY, "new")).isEqualTo("new");
  }
}
