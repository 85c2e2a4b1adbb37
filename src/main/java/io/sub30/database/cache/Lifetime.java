package io.sub30.database.cache;

/**
 * How long a value is good for: as it is while fresh, and after that until its end only while it is
 * being loaded anew.
 *
 * @param freshMillis 1 to {@code ttlMillis}
 * @param ttlMillis 1 to {@value TieredCache#MAX_TTL_MILLIS}
 */
public record Lifetime(long freshMillis, long ttlMillis) {

  public Lifetime {
    if (ttlMillis < 1 || ttlMillis > TieredCache.MAX_TTL_MILLIS) {
      throw new IllegalArgumentException(
          "time to live is " + ttlMillis + " ms, must be 1 to " + TieredCache.MAX_TTL_MILLIS);
    }
    if (freshMillis < 1 || freshMillis > ttlMillis) {
      throw new IllegalArgumentException(
          "fresh for " + freshMillis + " ms, must be 1 to the time to live, " + ttlMillis);
    }
  }

  /** Fresh to its end. */
  public static Lifetime of(long ttlMillis) {
    return new Lifetime(ttlMillis, ttlMillis);
  }

  /** For how much longer a value is fresh that lives so much longer. */
  long freshLeftMillis(long ttlLeftMillis) {
    return Math.max(0, ttlLeftMillis - (ttlMillis - freshMillis));
  }
}
