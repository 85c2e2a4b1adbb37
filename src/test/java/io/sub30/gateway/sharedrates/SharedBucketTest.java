package io.sub30.gateway.sharedrates;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.config.RateConfig;
import io.sub30.config.RatesConfig;
import io.sub30.gateway.rates.RateDecision;
import io.sub30.gateway.rates.RateLimits;
import io.sub30.gateway.rates.RatePolicy;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SharedBucketTest {

  private static RatePolicy policy(int perSecond, int burst) {
    long interval = (1_000_000_000L + perSecond - 1) / perSecond;
    return new RatePolicy(Tier.PRO, perSecond, burst, interval, 0);
  }

  /** Microseconds are coarser than the policy's interval, which must not cost a request. */
  @Property
  void owedNanos_anyNumberOfRequests_leavesWhatAnOwnBucketWould(
      @ForAll @IntRange(min = 1, max = 1_000_000) int perSecond,
      @ForAll @IntRange(min = 1, max = 1_000_000) int burst,
      @ForAll @IntRange(min = 1, max = 1_000_000) int requests) {
    RatePolicy policy = policy(perSecond, burst);
    int made = Math.min(requests, burst);
    long micros = made * SharedBucket.intervalMicros(policy);

    long owed = SharedBucket.owedNanos(micros, policy);
    assertThat(owed).isEqualTo(made * policy.intervalNanos());
    RateConfig rate = new RateConfig(perSecond, burst, Duration.ZERO);
    RatesConfig rates = new RatesConfig(rate, rate, rate, 1, 1, 1, 2);
    RateDecision decision =
        new RateLimits(rates, NanoClock.SYSTEM).grantedByAll("acme", Tier.PRO, owed);
    assertThat(decision.granted()).isTrue();
    assertThat(decision.remaining()).isEqualTo(burst - made);
  }

  @Test
  void waitNanos_isWhatRedisSays() {
    assertThat(SharedBucket.waitNanos(-1)).isEqualTo(1_000);
    assertThat(SharedBucket.waitNanos(-250_000)).isEqualTo(250_000_000);
  }

  @Test
  void key_isAmongTheTenantsOwn() {
    assertThat(SharedBucket.key("acme", policy(1, 1))).isEqualTo("sub30:acme:rate:pro");
  }
}
