package io.sub30.config;

import io.sub30.budget.Tier;
import java.time.Duration;

/**
 * How often a tenant of one tier may ask, over all its connections.
 *
 * @param perSecond requests a second, sustained, 1 to 1,000,000
 * @param burst requests that may come at once after a pause, {@code perSecond} to 1,000,000
 * @param maxWait how long a batch over the rate may wait for its turn, zero to 10 s; its own
 *     deadline holds as well
 */
public record RateConfig(int perSecond, int burst, Duration maxWait) {

  private static final int MOST = 1_000_000;

  static RateConfig from(ConfigReader in, Tier tier) {
    String key = "rates." + tier.label();
    int perSecond = in.integer(key + ".per_second", 1, MOST);
    // Below it an evenly sending client would be refused for a little jitter of the network.
    return new RateConfig(
        perSecond,
        in.integer(key + ".burst", perSecond, MOST),
        in.duration(key + ".max_wait", Duration.ZERO, Duration.ofSeconds(10)));
  }
}
