package io.sub30.gateway.sharedrates;

import io.sub30.budget.BreakerLimits;
import io.sub30.budget.BreakerStatus;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.bus.Dependency;
import io.sub30.bus.DependencyBreaker;
import io.sub30.bus.FaultPoint;
import io.sub30.bus.Faults;
import io.sub30.bus.Hop;
import io.sub30.gateway.rates.RateDecision;
import io.sub30.gateway.rates.RateLimits;
import io.sub30.gateway.rates.RatePolicy;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.net.URI;
import java.util.function.Supplier;

/**
 * Asks Redis whether what this process would let in is within the rate of all. So a flood costs
 * Redis no more than the rate, and one trip is added to what is let in. While Redis is away or late
 * the process lets in its part of the rate.
 *
 * <p>Thread: the event loop it is created on.
 */
public final class SharedRates {

  /** What Redis may add to a request. */
  private static final int TIMEOUT_MILLIS = 5;

  private static final int CONNECT_TIMEOUT_MILLIS = 1_000;

  /** A second one would be made while a request waits, and takes longer than Redis may. */
  private static final int CONNECTIONS = 1;

  private static final int MOST_WAITING = 1_000;
  private static final int KEYS = 1;

  private final RateLimits limits;
  private final Redis redis;
  private final DependencyBreaker breaker;
  private final Faults faults;

  /**
   * @param limits of this process; shared ones
   * @param redis that all processes use
   * @param bounds when Redis is not asked any more
   */
  public SharedRates(
      Vertx vertx, RateLimits limits, URI redis, BreakerLimits bounds, Faults faults) {
    this.limits = limits;
    this.faults = faults;
    RedisOptions options = new RedisOptions().setConnectionString(redis.toString());
    options.getNetClientOptions().setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
    options.setMaxPoolSize(CONNECTIONS).setMaxPoolWaiting(MOST_WAITING);
    this.redis = Redis.createClient(vertx, options);
    this.breaker =
        new DependencyBreaker(
            vertx,
            NanoClock.SYSTEM,
            Dependency.of("redis_rates", Hop.API_GATEWAY).withTimeout(TIMEOUT_MILLIS),
            bounds,
            () -> asked(() -> this.redis.send(Request.cmd(Command.PING))));
  }

  /** Makes the connection and has Redis know the script; done also when Redis is away. */
  public Future<Void> rehearse() {
    return take("~rehearsal", limits.policy(Tier.FREE)).<Void>mapEmpty().otherwiseEmpty();
  }

  /**
   * Decides about a request that this process has granted. Never fails.
   *
   * @return granted, or refused with the wait until it would be let in
   */
  public Future<RateDecision> confirm(String tenant, Tier tier) {
    RatePolicy policy = limits.policy(tier);
    return breaker
        .call(() -> asked(() -> take(tenant, policy)))
        .map(answer -> decision(tenant, tier, answer.toLong()))
        .otherwise(away -> limits.takePart(tenant, tier));
  }

  private RateDecision decision(String tenant, Tier tier, long micros) {
    return micros > 0
        ? limits.grantedByAll(tenant, tier, SharedBucket.owedNanos(micros, limits.policy(tier)))
        : limits.refusedByAll(tenant, tier, SharedBucket.waitNanos(micros));
  }

  private Future<Response> asked(Supplier<Future<Response>> call) {
    return faults.pass(FaultPoint.REDIS, call);
  }

  private Future<Response> take(String tenant, RatePolicy policy) {
    return run(Command.EVALSHA, SharedBucket.SCRIPT_SHA, tenant, policy)
        .recover(
            failure ->
                String.valueOf(failure.getMessage()).startsWith("NOSCRIPT")
                    ? run(Command.EVAL, SharedBucket.SCRIPT, tenant, policy)
                    : Future.failedFuture(failure));
  }

  private Future<Response> run(Command command, String script, String tenant, RatePolicy policy) {
    return redis.send(
        Request.cmd(command)
            .arg(script)
            .arg(KEYS)
            .arg(SharedBucket.key(tenant, policy))
            .arg(SharedBucket.intervalMicros(policy))
            .arg(policy.burst()));
  }

  /** Whether Redis is asked, and why not. */
  public BreakerStatus status() {
    return breaker.status();
  }

  public Future<Void> close() {
    breaker.close();
    return redis.close();
  }
}
