package io.sub30.gateway.sharedrates;

import io.sub30.gateway.rates.RatePolicy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A tenant's bucket in Redis: what is asked of it, and how its answer is read. By the generic cell
 * rate algorithm as in the process, in microseconds of Redis's own clock: those of the processes do
 * not matter.
 */
final class SharedBucket {

  /**
   * Counts a request if it is within the rate. Of an interval and a burst; answers the debt after
   * it, above 0, or the wait until it would be let in, below 0. What is there and is no time, or
   * further ahead than a whole burst, counts as a whole burst or as nothing: nobody is shut out for
   * longer by what somebody else wrote.
   */
  static final String SCRIPT =
      """
      local time = redis.call('TIME')
      local now = time[1] * 1000000 + time[2]
      local interval = tonumber(ARGV[1])
      local whole = interval * tonumber(ARGV[2])
      local arrival = tonumber(redis.call('GET', KEYS[1]) or now) or now
      local debt = math.min(math.max(arrival - now, 0), whole)
      local owed = debt + interval
      if owed > whole then
        return whole - owed
      end
      redis.call('SET', KEYS[1], string.format('%.0f', now + owed), 'PX', math.ceil(owed / 1000))
      return owed
      """;

  /** By which Redis knows the script once it has run it. */
  static final String SCRIPT_SHA = sha1(SCRIPT);

  private static final long MICRO_NANOS = 1_000;

  private SharedBucket() {}

  private static String sha1(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }

  /** Of a tenant in a tier; a tenant's name has no separator. Goes with the tenant's other keys. */
  static String key(String tenant, RatePolicy policy) {
    return "sub30:" + tenant + ":rate:" + policy.tier().label();
  }

  /** Rounded up, so that the rate is never exceeded. */
  static long intervalMicros(RatePolicy policy) {
    return (policy.intervalNanos() + MICRO_NANOS - 1) / MICRO_NANOS;
  }

  /** A debt that Redis told, in the policy's own intervals: they are a little shorter. */
  static long owedNanos(long micros, RatePolicy policy) {
    double intervals = (double) micros / intervalMicros(policy);
    return Math.max(1, Math.round(intervals * policy.intervalNanos()));
  }

  static long waitNanos(long micros) {
    return -micros * MICRO_NANOS;
  }
}
