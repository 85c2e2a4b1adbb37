package io.sub30.gateway.rates;

import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.config.RatesConfig;

/**
 * The rates of all tiers in this process. A tenant with tokens of two tiers has a bucket in each.
 *
 * <p>Thread-safe.
 */
public final class RateLimits {

  private final RateLimit[] byTier = new RateLimit[Tier.values().length];
  private final NanoClock clock;

  public RateLimits(RatesConfig config, NanoClock clock) {
    this.clock = clock;
    for (Tier tier : Tier.values()) {
      RatePolicy policy = RatePolicy.of(tier, config.of(tier));
      byTier[tier.ordinal()] = new RateLimit(policy, config.maxTenants());
    }
  }

  /** Counts a request of that tenant, if it is within the tier's rate. */
  public RateDecision take(String tenant, Tier tier) {
    return byTier[tier.ordinal()].take(tenant, clock.nanoTime());
  }

  /** Requests a second that are let in of a tenant of that tier. */
  public int perSecond(Tier tier) {
    return byTier[tier.ordinal()].policy().perSecond();
  }
}
