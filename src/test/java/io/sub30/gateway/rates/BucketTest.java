package io.sub30.gateway.rates;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Tier;
import io.sub30.config.RateConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketTest {

  private static final long SECOND = 1_000_000_000;

  private static RatePolicy policy(int perSecond, int burst) {
    return RatePolicy.of(Tier.FREE, new RateConfig(perSecond, burst, Duration.ZERO));
  }

  /** Of any window that begins with a request let in: burst and what the rate gives meanwhile. */
  @Property
  void take_anyArrivals_neverMoreThanBurstAndRate(
      @ForAll @IntRange(min = 1, max = 200) int perSecond,
      @ForAll @IntRange(min = 1, max = 50) int burst,
      @ForAll long start,
      @ForAll @Size(max = 400) List<@LongRange(min = 0, max = 300_000_000) Long> gaps) {
    RatePolicy policy = policy(perSecond, burst);
    Bucket bucket = new Bucket(start);
    List<Long> granted = new ArrayList<>();
    long elapsed = 0;
    for (long gap : gaps) {
      elapsed += gap;
      if (bucket.take(policy, start + elapsed) > 0) {
        granted.add(elapsed);
      }
    }
    for (int first = 0; first < granted.size(); first++) {
      for (int last = first; last < granted.size(); last++) {
        double window = granted.get(last) - granted.get(first);
        assertThat((double) (last - first + 1))
            .isLessThanOrEqualTo(burst + perSecond * window / SECOND + 1e-9);
      }
    }
  }

  /** What is refused is let in after exactly the wait, and a nanosecond earlier is not. */
  @Property
  void take_refused_isGrantedAfterTheWaitAndNotBefore(
      @ForAll @IntRange(min = 1, max = 1_000_000) int perSecond,
      @ForAll @IntRange(min = 1, max = 100) int burst,
      @ForAll @LongRange(min = 0, max = 2_000_000_000) long idle,
      @ForAll @LongRange(min = 0, max = 999) long step) {
    RatePolicy policy = policy(perSecond, burst);
    Bucket bucket = new Bucket(0);
    long now = idle;
    long taken = bucket.take(policy, now);
    while (taken > 0) {
      now += Math.min(step, policy.intervalNanos() / 2);
      taken = bucket.take(policy, now);
    }
    long wait = Bucket.waitNanos(taken);
    assertThat(wait).isBetween(1L, policy.intervalNanos());
    assertThat(bucket.take(policy, now + wait - 1)).isNegative();
    assertThat(bucket.take(policy, now + wait)).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - 5, Long.MIN_VALUE, Long.MIN_VALUE + 1, -1})
  void take_clockStandsStill_isTheBurstAndNoMore(long now) {
    RatePolicy policy = policy(10, 3);
    Bucket bucket = new Bucket(now);
    for (int i = 0; i < 3; i++) {
      assertThat(bucket.take(policy, now)).isPositive();
    }
    for (int i = 0; i < 100; i++) {
      long taken = bucket.take(policy, now);
      assertThat(Bucket.waitNanos(taken)).isBetween(SECOND / 10 - 1, SECOND / 10);
    }
  }

  @Test
  void take_clockJumpsAhead_isOneBurstAndNoMore() {
    RatePolicy policy = policy(10, 3);
    Bucket bucket = new Bucket(0);
    assertThat(bucket.take(policy, 0)).isPositive();
    long later = 365L * 24 * 3_600 * SECOND;
    for (int i = 0; i < 3; i++) {
      assertThat(bucket.take(policy, later)).isPositive();
    }
    assertThat(bucket.take(policy, later)).isNegative();
  }

  /** No burst is given away, and nobody waits until the clock has caught up. */
  @Test
  void take_clockJumpsBack_startsFromAnEmptyBucket() {
    RatePolicy policy = policy(10, 3);
    Bucket bucket = new Bucket(1_000 * SECOND);
    assertThat(bucket.take(policy, 1_000 * SECOND)).isPositive();
    assertThat(Bucket.waitNanos(bucket.take(policy, 0))).isEqualTo(SECOND / 10);
    assertThat(bucket.take(policy, SECOND / 10)).isPositive();
    assertThat(bucket.take(policy, SECOND / 10)).isNegative();
  }

  @Test
  void retire_debtIsOpen_staysAndIsRemembered() {
    RatePolicy policy = policy(1, 1);
    Bucket bucket = new Bucket(0);
    bucket.take(policy, 0);

    assertThat(bucket.retire(SECOND - 1)).isFalse();
    assertThat(bucket.take(policy, SECOND - 1)).isNegative();
    assertThat(bucket.retire(SECOND)).isTrue();
    assertThat(bucket.take(policy, SECOND)).isEqualTo(Bucket.GONE);
  }
}
