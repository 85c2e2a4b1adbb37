package io.sub30.gateway.rates;

import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.config.RateConfig;
import io.sub30.config.RatesConfig;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The rates of all tiers in this process. A tenant with tokens of two tiers has a bucket in each.
 *
 * <p>Thread-safe.
 */
public final class RateLimits {

  /** Requests a second, and tenants: more than a rehearsal has. */
  private static final int REHEARSED = 10_000;

  private final RateLimit[] byTier = new RateLimit[Tier.values().length];
  private final NanoClock clock;
  private final int maxWaiting;
  private final int maxWaitingPerTenant;

  /** Batches that wait for a turn, by tier: never above the bound. */
  private final AtomicIntegerArray waiting = new AtomicIntegerArray(Tier.values().length);

  public RateLimits(RatesConfig config, NanoClock clock) {
    this.clock = clock;
    this.maxWaiting = config.waiting();
    this.maxWaitingPerTenant = config.waitingPerTenant();
    for (Tier tier : Tier.values()) {
      RatePolicy policy = RatePolicy.of(tier, config.of(tier));
      byTier[tier.ordinal()] = new RateLimit(policy, config.maxTenants());
    }
  }

  /** Of tenants that are made up for a rehearsal: what they ask is granted. */
  public static RateLimits rehearsed(NanoClock clock) {
    RateConfig open = new RateConfig(REHEARSED, REHEARSED, Duration.ZERO);
    return new RateLimits(new RatesConfig(open, open, open, 1, 1, REHEARSED), clock);
  }

  /** Counts a request of that tenant, if it is within the tier's rate. */
  public RateDecision take(String tenant, Tier tier) {
    return byTier[tier.ordinal()].take(tenant, clock.nanoTime());
  }

  /** Batches of that tier that wait for a turn, on all event loops. */
  public int waiting(Tier tier) {
    return waiting.get(tier.ordinal());
  }

  int maxWaitingPerTenant() {
    return maxWaitingPerTenant;
  }

  /** Takes a place among those that wait, if one is free. */
  boolean reservePlace(Tier tier) {
    if (waiting.incrementAndGet(tier.ordinal()) <= maxWaiting) {
      return true;
    }
    freePlace(tier);
    return false;
  }

  void freePlace(Tier tier) {
    waiting.decrementAndGet(tier.ordinal());
  }

  NanoClock clock() {
    return clock;
  }

  RateLimit of(Tier tier) {
    return byTier[tier.ordinal()];
  }
}
