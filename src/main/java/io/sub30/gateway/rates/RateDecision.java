package io.sub30.gateway.rates;

/**
 * Whether a request is within its tenant's rate.
 *
 * @param limit whose rate it is
 * @param verdict what was decided
 * @param remaining further requests that would be let in at once
 * @param waitNanos until one more would be; 0 when the burst is whole
 */
public record RateDecision(RateLimit limit, Verdict verdict, int remaining, long waitNanos) {

  private static final long MILLI_NANOS = 1_000_000;

  /** What may become of a request. */
  public enum Verdict {
    /** It is within the rate, and has been counted. */
    GRANTED,
    /** It is over the rate and waits for its turn; nothing has been counted yet. */
    WAITING,
    /** It is over the rate; nothing has been counted. */
    REFUSED,
    /** So many tenants owe time that this one cannot be remembered. */
    NO_ROOM
  }

  public boolean granted() {
    return verdict == Verdict.GRANTED;
  }

  /** When the same request would be let in, for {@code retry-after-ms}: rounded up, at least 1. */
  public int retryAfterMillis() {
    return (int) Math.max(1, Math.min(up(waitNanos, MILLI_NANOS), Integer.MAX_VALUE));
  }

  /** Why the request was refused, in a line for people. */
  public String explain(String tenant) {
    RatePolicy policy = limit.policy();
    return "tenant "
        + tenant
        + " has used up its rate: tier "
        + policy.tier().label()
        + " has "
        + policy.perSecond()
        + " requests a second, "
        + policy.burst()
        + " at once; the next is welcome in "
        + retryAfterMillis()
        + " ms";
  }

  /** The value of the {@code RateLimit-Policy} header. */
  public String policyHeader() {
    return limit.policyHeader();
  }

  /**
   * The value of the {@code RateLimit} header: what remains, and the seconds until there is one
   * more, rounded up as {@code Retry-After} is; left out when the burst is whole.
   */
  public String limitHeader() {
    String text = limit.remainingPrefix() + remaining;
    return waitNanos == 0 ? text : text + ";t=" + up(waitNanos, 1_000 * MILLI_NANOS);
  }

  private static long up(long nanos, long unit) {
    return (nanos + unit - 1) / unit;
  }
}
