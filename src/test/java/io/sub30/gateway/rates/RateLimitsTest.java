package io.sub30.gateway.rates;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.FakeNanoClock;
import io.sub30.budget.Tier;
import io.sub30.config.RateConfig;
import io.sub30.config.RatesConfig;
import io.sub30.gateway.rates.RateDecision.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RateLimitsTest {

  private static final long SECOND = 1_000_000_000;

  private final FakeNanoClock clock = new FakeNanoClock(0);

  private RateLimits limits(int maxTenants) {
    return new RateLimits(
        new RatesConfig(rate(1, 3), rate(10, 20), rate(50, 100), 1, 1, maxTenants, 1), clock);
  }

  private static RateConfig rate(int perSecond, int burst) {
    return new RateConfig(perSecond, burst, Duration.ZERO);
  }

  private static RateLimit free(int maxTenants) {
    return new RateLimit(RatePolicy.of(Tier.FREE, rate(1, 2)), maxTenants);
  }

  @Test
  void take_tenantsAndTiers_haveABucketEach() {
    RateLimits limits = limits(10);
    for (int i = 0; i < 3; i++) {
      assertThat(limits.take("a", Tier.FREE).granted()).isTrue();
    }
    assertThat(limits.take("a", Tier.FREE).verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(limits.take("b", Tier.FREE).granted()).isTrue();
    assertThat(limits.take("a", Tier.PRO).granted()).isTrue();
  }

  @Test
  void headers_sayWhatRemainsAndWhenThereIsMore() {
    RateLimits limits = limits(10);
    RateDecision first = limits.take("a", Tier.FREE);
    assertThat(first.policyHeader()).isEqualTo("\"free\";q=3;w=3");
    assertThat(first.limitHeader()).isEqualTo("\"free\";r=2;t=1");
    clock.advanceNanos(SECOND / 2);
    assertThat(limits.take("a", Tier.FREE).waitNanos()).isEqualTo(SECOND / 2);
    assertThat(limits.take("a", Tier.FREE).limitHeader()).isEqualTo("\"free\";r=0;t=1");

    RateDecision refused = limits.take("a", Tier.FREE);
    assertThat(refused.limitHeader()).isEqualTo("\"free\";r=0;t=1");
    assertThat(refused.retryAfterMillis()).isEqualTo(500);
    assertThat(refused.explain("a"))
        .isEqualTo(
            "tenant a has used up its rate: tier free has 1 requests a second, 3 at once; the next"
                + " is welcome in 500 ms");
    assertThat(limits.take("b", Tier.PRO).policyHeader()).isEqualTo("\"pro\";q=20;w=2");
    assertThat(limits.take("b", Tier.ENTERPRISE).limitHeader())
        .isEqualTo("\"enterprise\";r=99;t=1");
  }

  @Test
  void take_tableFullOfDebtors_turnsTheNextAwayAndForgetsNobody() {
    RateLimit limit = free(4);
    for (int i = 0; i < 4; i++) {
      limit.take("debtor-" + i, 0);
      limit.take("debtor-" + i, 0);
    }
    RateDecision turnedAway = limit.take("new", SECOND / 2);
    assertThat(turnedAway.verdict()).isEqualTo(Verdict.NO_ROOM);
    assertThat(turnedAway.retryAfterMillis()).isEqualTo(1_000);
    for (int i = 0; i < 4; i++) {
      assertThat(limit.take("debtor-" + i, SECOND / 2).verdict()).isEqualTo(Verdict.REFUSED);
    }
    assertThat(limit.size()).isEqualTo(4);
  }

  @Test
  void take_tableFullOfTheSettled_makesRoom() {
    RateLimit limit = free(100);
    for (int i = 0; i < 100; i++) {
      limit.take("early-" + i, 0);
    }
    for (int i = 0; i < 1_000; i++) {
      assertThat(limit.take("late-" + i, 2 * SECOND + i * SECOND).granted()).isTrue();
    }
    assertThat(limit.size()).isLessThanOrEqualTo(100);
  }

  /** All threads at once on few tenants and a small table: no tenant gets more than its burst. */
  @Test
  void take_fromManyThreads_grantsTheBurstOnce() throws Exception {
    RateLimit limit = new RateLimit(RatePolicy.of(Tier.FREE, rate(1, 100)), 8);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<Integer>> grants = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      grants.add(
          threads.submit(
              () -> {
                int granted = 0;
                for (int i = 0; i < 8_000; i++) {
                  granted += limit.take("t" + i % 8, 0).granted() ? 1 : 0;
                }
                return granted;
              }));
    }
    int all = 0;
    for (Future<Integer> grant : grants) {
      all += grant.get();
    }
    threads.shutdown();
    assertThat(all).isEqualTo(800);
    assertThat(limit.size()).isEqualTo(8);
  }
}
