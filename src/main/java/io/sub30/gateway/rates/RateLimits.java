package io.sub30.gateway.rates;

import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.config.RateConfig;
import io.sub30.config.RatesConfig;
import io.sub30.gateway.rates.RateDecision.Verdict;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

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

  /** What is let in of rates that several processes share, while they cannot be asked. */
  private final @Nullable RateLimits part;

  private final LongAdder alone = new LongAdder();

  public RateLimits(RatesConfig config, NanoClock clock) {
    this(config, clock, 1);
  }

  /**
   * @param parts that the rates are divided into, of which these are one
   */
  private RateLimits(RatesConfig config, NanoClock clock, int parts) {
    this.clock = clock;
    this.part =
        parts < config.processes() ? new RateLimits(config, clock, config.processes()) : null;
    this.maxWaiting = config.waiting();
    this.maxWaitingPerTenant = config.waitingPerTenant();
    for (Tier tier : Tier.values()) {
      RatePolicy policy = RatePolicy.of(tier, config.of(tier)).part(parts);
      byTier[tier.ordinal()] = new RateLimit(policy, config.maxTenants());
    }
  }

  /** Of tenants that are made up for a rehearsal: what they ask is granted. */
  public static RateLimits rehearsed(NanoClock clock) {
    RateConfig open = new RateConfig(REHEARSED, REHEARSED, Duration.ZERO);
    return new RateLimits(new RatesConfig(open, open, open, 1, 1, REHEARSED, 1), clock);
  }

  /** Counts a request of that tenant, if it is within the tier's rate. */
  public RateDecision take(String tenant, Tier tier) {
    return byTier[tier.ordinal()].take(tenant, clock.nanoTime());
  }

  /** Whether other processes have a say: then what is granted here is yet to be confirmed. */
  public boolean areShared() {
    return part != null;
  }

  /** What a tenant of that tier may do. */
  public RatePolicy policy(Tier tier) {
    return of(tier).policy();
  }

  /** All processes have let a request in; so much is owed to them together, and so here. */
  public RateDecision grantedByAll(String tenant, Tier tier, long owedNanos) {
    of(tier).owe(tenant, owedNanos, clock.nanoTime());
    return of(tier).granted(owedNanos);
  }

  /** The others have used the rate up: this process lets none in either until it is time. */
  public RateDecision refusedByAll(String tenant, Tier tier, long waitNanos) {
    long owed = policy(tier).toleranceNanos() + waitNanos;
    of(tier).owe(tenant, owed, clock.nanoTime());
    return of(tier).over(Verdict.REFUSED, waitNanos);
  }

  /**
   * Counts a request against this process's part of the rate, while nobody knows of the others'.
   */
  public RateDecision takePart(String tenant, Tier tier) {
    alone.increment();
    RateLimits share = part == null ? this : part;
    RateDecision decision = share.take(tenant, tier);
    if (decision.verdict() == Verdict.REFUSED) {
      refusedByAll(tenant, tier, decision.waitNanos());
    }
    return decision;
  }

  /** Requests that were decided by {@link #takePart}. */
  public long decidedAlone() {
    return alone.sum();
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
