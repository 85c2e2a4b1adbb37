package io.sub30.config;

import java.time.Duration;

/**
 * What a token must say.
 *
 * @param issuer the only accepted {@code iss}
 * @param audience what {@code aud} must hold
 * @param clockSkew how far the issuer's clock may be off
 * @param cachedTokens verified tokens that are remembered
 */
public record AuthConfig(String issuer, String audience, Duration clockSkew, int cachedTokens) {

  static AuthConfig from(ConfigReader in) {
    return new AuthConfig(
        in.required("auth.issuer"),
        in.required("auth.audience"),
        in.duration("auth.clock_skew", Duration.ZERO, Duration.ofMinutes(5)),
        in.integer("auth.cached_tokens", 16, 1_000_000));
  }
}
