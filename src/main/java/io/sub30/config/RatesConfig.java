package io.sub30.config;

import io.sub30.budget.Tier;

/**
 * The tiers' requests a second.
 *
 * @param maxTenants of each tier, that are remembered at once
 */
public record RatesConfig(RateConfig free, RateConfig pro, RateConfig enterprise, int maxTenants) {

  static RatesConfig from(ConfigReader in) {
    return new RatesConfig(
        RateConfig.from(in, Tier.FREE),
        RateConfig.from(in, Tier.PRO),
        RateConfig.from(in, Tier.ENTERPRISE),
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
