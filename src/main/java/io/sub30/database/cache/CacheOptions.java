package io.sub30.database.cache;

/**
 * Bounds of a lane's cache.
 *
 * @param localBytes keys and values held in the process at most, 4 KiB or more
 * @param timeoutMillis what Redis may add to a call at most, 1 to 1,000
 * @param breakerFailures failed or late calls of the last {@value CallWindow#CALLS} that open the
 *     breaker, 1 to {@value CallWindow#CALLS}
 * @param breakerResetMillis after which an open breaker lets one call through, 10 to 60,000
 */
public record CacheOptions(
    long localBytes, int timeoutMillis, int breakerFailures, int breakerResetMillis) {

  /** 32 MiB; Redis is given 5 ms; 5 failures of the last 20 open the breaker for a second. */
  public static final CacheOptions DEFAULT = new CacheOptions(32L << 20, 5, 5, 1_000);

  public CacheOptions {
    require("local bytes", localBytes, 4_096, Long.MAX_VALUE);
    require("timeout in ms", timeoutMillis, 1, 1_000);
    require("breaker failures", breakerFailures, 1, CallWindow.CALLS);
    require("breaker reset in ms", breakerResetMillis, 10, 60_000);
  }

  private static void require(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is " + value + ", must be " + least + " to " + most);
    }
  }
}
