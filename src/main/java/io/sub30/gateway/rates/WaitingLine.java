package io.sub30.gateway.rates;

import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.gateway.rates.RateDecision.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Batches of one tier that came to one event loop over their tenants' rates and wait for the next
 * turns: of a tenant, and of all whose turn has come, the earliest deadline first. A batch joins
 * only if its turn comes in time, and makes nobody else late by that; so what waits is let in,
 * unless the tenant spends its turns on another loop, or this one stalls. A refusal that can be
 * known at once is never given late.
 *
 * <p>A turn is counted when it is used, so waiting lets in no more than the rate does. Bounded by
 * {@link RateLimits}: in all and for each tenant.
 *
 * <p>Belongs to one loop; not thread-safe. Joining costs a walk along the tenant's own batches.
 *
 * @param <T> a batch; told apart by identity
 */
public final class WaitingLine<T> {

  /** Nobody waits. */
  public static final long NOBODY = Long.MAX_VALUE;

  private final RateLimits limits;
  private final RateLimit limit;
  private final Tier tier;
  private final NanoClock clock;
  private final BiConsumer<T, RateDecision> decided;
  private final Map<String, TenantLine<T>> lines = new HashMap<>();
  private final PriorityQueue<TenantLine<T>> turns =
      new PriorityQueue<>((one, other) -> Long.signum(one.turnNanos() - other.turnNanos()));

  private record Decided<T>(TenantLine.Waiter<T> waiter, RateDecision decision) {}

  /**
   * @param decided is told once of each batch that has waited and has not {@linkplain #leave left}:
   *     whether it was let in or refused
   */
  public WaitingLine(RateLimits limits, Tier tier, BiConsumer<T, RateDecision> decided) {
    this.limits = limits;
    this.limit = limits.of(tier);
    this.tier = tier;
    this.clock = limits.clock();
    this.decided = decided;
  }

  /**
   * Counts a request of that tenant if it is within the rate, and nobody waits before it. Does not
   * wait.
   */
  public RateDecision ask(String tenant) {
    TenantLine<T> line = current(tenant, clock.nanoTime());
    return line == null
        ? limits.take(tenant, tier)
        : limit.over(Verdict.REFUSED, afterAll(line, clock.nanoTime()));
  }

  /**
   * Decides at once, or lets the batch wait: then the verdict is {@link Verdict#WAITING}, and its
   * wait the one until the tenant's next turn.
   *
   * @param deadlineNanos by when the batch must be answered, on the limits' clock
   * @param restNanos what is needed of that time once its turn has come
   */
  public RateDecision join(T batch, String tenant, long deadlineNanos, long restNanos) {
    long now = clock.nanoTime();
    TenantLine<T> line = current(tenant, now);
    TenantLine.Waiter<T> waiter =
        TenantLine.Waiter.of(
            batch, now + limit.policy().maxWaitNanos(), deadlineNanos, deadlineNanos - restNanos);
    if (line != null) {
      if (line.size() >= limits.maxWaitingPerTenant()
          || !line.takes(waiter)
          || !limits.reservePlace(tier)) {
        return limit.over(Verdict.REFUSED, afterAll(line, now));
      }
      line.add(waiter);
      return limit.over(Verdict.WAITING, line.turnNanos() - now);
    }
    RateDecision decision = limits.take(tenant, tier);
    if (decision.verdict() != Verdict.REFUSED) {
      return decision;
    }
    line = new TenantLine<>(tenant, limit.policy().intervalNanos(), now + decision.waitNanos());
    if (!line.takes(waiter) || !limits.reservePlace(tier)) {
      return decision;
    }
    line.add(waiter);
    lines.put(tenant, line);
    turns.add(line);
    return limit.over(Verdict.WAITING, decision.waitNanos());
  }

  /** The tenant's line, once those whose turn has come are let in; null when nobody waits. */
  private @Nullable TenantLine<T> current(String tenant, long now) {
    TenantLine<T> line = lines.get(tenant);
    if (line == null || line.turnNanos() - now > 0) {
      return line;
    }
    settle();
    return lines.get(tenant);
  }

  /** The time until there is a turn for one more, after all that wait. */
  private static long afterAll(TenantLine<?> line, long now) {
    return line.turnNanos() - now + line.size() * line.intervalNanos();
  }

  /** Takes a batch out again whose client has gone; those behind it move up. */
  public boolean leave(T batch, String tenant) {
    TenantLine<T> line = lines.get(tenant);
    if (line == null || !line.remove(batch)) {
      return false;
    }
    limits.freePlace(tier);
    if (line.size() == 0) {
      lines.remove(tenant);
      turns.remove(line);
    }
    return true;
  }

  /** Lets in those whose turn has come, and refuses those it would come too late for. */
  public void settle() {
    long now = clock.nanoTime();
    List<Decided<T>> ready = new ArrayList<>();
    for (TenantLine<T> line = turns.peek();
        line != null && line.turnNanos() - now <= 0;
        line = turns.peek()) {
      turns.remove();
      serve(line, now, ready);
      if (line.size() == 0) {
        lines.remove(line.tenant());
      } else {
        turns.add(line);
      }
    }
    ready.sort((one, other) -> TenantLine.compare(one.waiter, other.waiter));
    // Afterwards, so that whoever is told may join again.
    for (Decided<T> one : ready) {
      decided.accept(one.waiter.batch(), one.decision);
    }
  }

  private void serve(TenantLine<T> line, long now, List<Decided<T>> ready) {
    while (line.size() > 0) {
      if (line.first().isTooLate(now)) {
        settled(line.removeFirst(), limit.over(Verdict.REFUSED, 0), ready);
        continue;
      }
      RateDecision decision = limits.take(line.tenant(), tier);
      if (!decision.granted()) {
        line.turn(now + decision.waitNanos());
        for (TenantLine.Waiter<T> late : line.removeLate()) {
          settled(late, limit.over(Verdict.REFUSED, afterAll(line, now)), ready);
        }
        return;
      }
      settled(line.removeFirst(), decision, ready);
    }
  }

  private void settled(TenantLine.Waiter<T> waiter, RateDecision decision, List<Decided<T>> ready) {
    limits.freePlace(tier);
    ready.add(new Decided<>(waiter, decision));
  }

  /** Until somebody's turn comes, not below 0; {@link #NOBODY} when nobody waits. */
  public long nextNanos() {
    TenantLine<T> next = turns.peek();
    return next == null ? NOBODY : Math.max(0, next.turnNanos() - clock.nanoTime());
  }
}
