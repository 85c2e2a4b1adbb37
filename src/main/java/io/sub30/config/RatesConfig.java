package io.sub30.config;

import io.sub30.budget.Tier;

/**
 * The tiers' requests a second.
 *
 * @param waiting batches of one tier that may wait for their tenants' turns in this process
 * @param waitingPerTenant those of one tenant on one event loop
 * @param maxTenants of each tier, that are remembered at once
 * @param processes that share the rates through one Redis; 1: this one keeps them alone
 */
public record RatesConfig(
    RateConfig free,
    RateConfig pro,
    RateConfig enterprise,
    int waiting,
    int waitingPerTenant,
    int maxTenants,
    int processes) {

  private static final int MOST_PROCESSES = 64;

  static RatesConfig from(ConfigReader in) {
    return new RatesConfig(
        RateConfig.from(in, Tier.FREE),
        RateConfig.from(in, Tier.PRO),
        RateConfig.from(in, Tier.ENTERPRISE),
        in.integer("rates.waiting", 1, 65_536),
        in.integer("rates.waiting_per_tenant", 1, 1_024),
        in.integer("rates.max_tenants", 1, 10_000_000),
        processes(in));
  }

  private static int processes(ConfigReader in) {
    int processes = in.integer("rates.processes", 1, MOST_PROCESSES);
    if (processes > 1 && in.secretUri("redis.uri", "redis", "rediss").isEmpty()) {
      throw in.refuse("rates.processes", "1 unless redis.uri names the Redis that all of them use");
    }
    return processes;
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
