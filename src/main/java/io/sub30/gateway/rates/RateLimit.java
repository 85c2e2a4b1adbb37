package io.sub30.gateway.rates;

import io.sub30.gateway.rates.RateDecision.Verdict;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The rate of one tier: a bucket for each tenant that asked lately. The table is bounded. A tenant
 * that owes nothing is forgotten to make room, since a new bucket is worth the same; one that owes
 * time never is. While all that are remembered owe, a further tenant is turned away.
 *
 * <p>Thread-safe. A known tenant costs a look-up and an exchange of one number.
 */
final class RateLimit {

  /** Buckets looked at for each new tenant: more than come in, so that the table empties again. */
  private static final int TIDIED = 4;

  /** Buckets looked at when there is no room; bounds what one request may cost. */
  private static final int TIDIED_WHEN_FULL = 64;

  /** Debts are short: a whole burst, which is seconds. */
  private static final long NO_ROOM_WAIT_NANOS = 1_000_000_000;

  private final RatePolicy policy;
  private final int maxTenants;
  private final String policyHeader;
  private final String remainingPrefix;
  private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

  /** Buckets in the table, and those about to be put there: never above the bound. */
  private final AtomicInteger size = new AtomicInteger();

  /** Held by whoever moves the {@link #broom}; the others do without. */
  private final AtomicBoolean tidying = new AtomicBoolean();

  private Iterator<Map.Entry<String, Bucket>> broom = buckets.entrySet().iterator();

  RateLimit(RatePolicy policy, int maxTenants) {
    this.policy = policy;
    this.maxTenants = maxTenants;
    this.policyHeader = policy.header();
    this.remainingPrefix = '"' + policy.tier().label() + "\";r=";
  }

  /** The answer to a request over the rate that would be let in after that wait. */
  RateDecision over(Verdict verdict, long waitNanos) {
    return new RateDecision(this, verdict, 0, Math.max(0, waitNanos));
  }

  RatePolicy policy() {
    return policy;
  }

  String policyHeader() {
    return policyHeader;
  }

  String remainingPrefix() {
    return remainingPrefix;
  }

  /** Tenants that are remembered. */
  int size() {
    return size.get();
  }

  RateDecision take(String tenant, long nowNanos) {
    while (true) {
      Bucket bucket = buckets.get(tenant);
      if (bucket == null) {
        bucket = enter(tenant, nowNanos);
        if (bucket == null) {
          return over(Verdict.NO_ROOM, NO_ROOM_WAIT_NANOS);
        }
      }
      long taken = bucket.take(policy, nowNanos);
      if (taken != Bucket.GONE) {
        return taken < 0 ? over(Verdict.REFUSED, Bucket.waitNanos(taken)) : granted(taken);
      }
      forget(tenant, bucket);
    }
  }

  /** The answer to a request that was let in, after which its tenant owes so much. */
  RateDecision granted(long owed) {
    int remaining = (int) ((policy.wholeNanos() - owed) / policy.intervalNanos());
    // One more comes when the debt has shrunk to a whole number of intervals.
    long more = owed - (policy.burst() - remaining - 1) * policy.intervalNanos();
    return new RateDecision(this, Verdict.GRANTED, remaining, more);
  }

  /** The tenant owes at least so much, if it is remembered at all. */
  void owe(String tenant, long debtNanos, long nowNanos) {
    Bucket bucket = buckets.get(tenant);
    if (bucket != null) {
      bucket.owe(debtNanos, nowNanos);
    }
  }

  private @Nullable Bucket enter(String tenant, long nowNanos) {
    tidy(TIDIED, nowNanos);
    if (!reserve()) {
      tidy(TIDIED_WHEN_FULL, nowNanos);
      if (!reserve()) {
        return null;
      }
    }
    Bucket fresh = new Bucket(nowNanos);
    Bucket other = buckets.putIfAbsent(tenant, fresh);
    if (other != null) {
      size.decrementAndGet();
    }
    return other == null ? fresh : other;
  }

  private boolean reserve() {
    if (size.incrementAndGet() <= maxTenants) {
      return true;
    }
    size.decrementAndGet();
    return false;
  }

  private void tidy(int most, long nowNanos) {
    if (!tidying.compareAndSet(false, true)) {
      return;
    }
    try {
      for (int seen = 0; seen < most; seen++) {
        if (!broom.hasNext()) {
          broom = buckets.entrySet().iterator();
          if (!broom.hasNext()) {
            return;
          }
        }
        Map.Entry<String, Bucket> entry = broom.next();
        if (entry.getValue().retire(nowNanos)) {
          forget(entry.getKey(), entry.getValue());
        }
      }
    } finally {
      tidying.set(false);
    }
  }

  private void forget(String tenant, Bucket bucket) {
    if (buckets.remove(tenant, bucket)) {
      size.decrementAndGet();
    }
  }
}
