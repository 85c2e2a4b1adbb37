package io.sub30.config;

import io.sub30.budget.Tier;

/**
 * The tiers' requests a second.
 *
 * @param waiting batches of one tier that may wait for their tenants' turns in this process
 * @param waitingPerTenant those of one tenant on one event loop
 * @param maxTenants of each tier, that are remembered at once
 */
public record RatesConfig(
    RateConfig free,
    RateConfig pro,
    RateConfig enterprise,
    int waiting,
    int waitingPerTenant,
    int maxTenants) {

  static RatesConfig from(ConfigReader in) {
    return new RatesConfig(
        RateConfig.from(in, Tier.FREE),
        RateConfig.from(in, Tier.PRO),
        RateConfig.from(in, Tier.ENTERPRISE),
        in.integer("rates.waiting", 1, 65_536),
        in.integer("rates.waiting_per_tenant", 1, 1_024),
        in.integer("rates.max_tenants", 1, 10_000_000));
  }

  /** What a tenant of that tier may do. */
  public RateConfig of(Tier tier) {
    return switch (tier) {
      case FREE -> free;
      case PRO -> pro;
      case ENTERPRISE -> enterprise;
    };
  }
}
