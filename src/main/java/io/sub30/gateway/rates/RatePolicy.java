package io.sub30.gateway.rates;

import io.sub30.budget.Tier;
import io.sub30.config.RateConfig;

/**
 * What a tenant of a tier may do, in the terms of the generic cell rate algorithm.
 *
 * @param tier whose policy it is; its label is the policy's name in the headers
 * @param perSecond requests a second, at least 1
 * @param burst requests at once, at least 1
 * @param intervalNanos between two requests of the sustained rate, rounded up, so that the rate is
 *     never exceeded by rounding
 * @param maxWaitNanos how long a batch over the rate may wait for its turn; 0: not at all
 */
public record RatePolicy(
    Tier tier, int perSecond, int burst, long intervalNanos, long maxWaitNanos) {

  private static final long SECOND_NANOS = 1_000_000_000;

  public RatePolicy {
    if (perSecond < 1 || burst < 1) {
      throw new IllegalArgumentException(perSecond + "/s, burst " + burst + ": must be at least 1");
    }
  }

  static RatePolicy of(Tier tier, RateConfig config) {
    return new RatePolicy(
        tier,
        config.perSecond(),
        config.burst(),
        (SECOND_NANOS + config.perSecond() - 1) / config.perSecond(),
        config.maxWait().toNanos());
  }

  /** One of so many equal parts, and one request at least. */
  RatePolicy part(int of) {
    return new RatePolicy(
        tier,
        Math.max(1, perSecond / of),
        Math.max(1, burst / of),
        intervalNanos * of,
        maxWaitNanos);
  }

  /** How long an exhausted burst takes to come back whole; the most a tenant can owe. */
  long wholeNanos() {
    return burst * intervalNanos;
  }

  /** Up to this debt a request is let in. */
  long toleranceNanos() {
    return wholeNanos() - intervalNanos;
  }

  /**
   * The value of the {@code RateLimit-Policy} header: the burst, and the whole seconds in which it
   * comes back. Rounded up, so a client that keeps to it is never refused.
   */
  String header() {
    long seconds = (wholeNanos() + SECOND_NANOS - 1) / SECOND_NANOS;
    return '"' + tier.label() + "\";q=" + burst + ";w=" + seconds;
  }
}
