package io.sub30.config;

import java.time.Duration;

/**
 * What of the answers to reads is kept at the edge.
 *
 * @param maxAge how long an answer may be served again, whole seconds; zero: none is kept
 * @param maxBytes of all that is kept in this process
 */
public record EdgeCacheConfig(Duration maxAge, long maxBytes) {

  /** Whether anything is kept. */
  public boolean isOn() {
    return !maxAge.isZero();
  }

  static EdgeCacheConfig from(ConfigReader in) {
    return new EdgeCacheConfig(
        in.wholeSeconds("http.edge_cache.max_age", Duration.ZERO, Duration.ofMinutes(1)),
        in.bytes("http.edge_cache.max_bytes", 1 << 16, 1L << 32));
  }
}
