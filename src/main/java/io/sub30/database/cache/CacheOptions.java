package io.sub30.database.cache;

import io.sub30.budget.BreakerLimits;

/**
 * Bounds of a lane's cache.
 *
 * @param localBytes keys and values held in the process at most, 4 KiB or more
 * @param timeoutMillis what Redis may add to a call at most, 1 to 1,000
 * @param breaker when Redis is not asked any more
 */
public record CacheOptions(long localBytes, int timeoutMillis, BreakerLimits breaker) {

  /** 32 MiB, and 5 ms for Redis. */
  public static CacheOptions with(BreakerLimits breaker) {
    return new CacheOptions(32L << 20, 5, breaker);
  }

  public CacheOptions {
    require("local bytes", localBytes, 4_096, Long.MAX_VALUE);
    require("timeout in ms", timeoutMillis, 1, 1_000);
  }

  private static void require(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is " + value + ", must be " + least + " to " + most);
    }
  }
}
