package io.sub30.gateway.identity;

import io.sub30.config.AuthConfig;

/**
 * What a token must say to be believed here.
 *
 * @param skewMillis how far {@code nbf} and {@code iat} may lie in the future: another machine's
 *     clock may be ahead
 * @param expiryGraceMillis how long past {@code exp} a token still counts. Zero by default: RFC
 *     7519 §4.1.4 refuses on and after {@code exp}, and a token of ten seconds that lives forty
 *     would surprise whoever asked for ten
 */
record TokenRules(String issuer, String audience, long skewMillis, long expiryGraceMillis) {
  static final String ISSUER = "sub30";
  static final String AUDIENCE = "sub30-api";
  private static final long MAX_MILLIS = 300_000;

  static final TokenRules STANDARD = new TokenRules(ISSUER, AUDIENCE, 30_000, 0);

  TokenRules {
    if (issuer.isEmpty() || audience.isEmpty()) {
      throw new IllegalArgumentException("issuer and audience must be named");
    }
    requireRange("skewMillis", skewMillis);
    requireRange("expiryGraceMillis", expiryGraceMillis);
  }

  static TokenRules of(AuthConfig config) {
    return new TokenRules(config.issuer(), config.audience(), config.clockSkew().toMillis(), 0);
  }

  private static void requireRange(String name, long millis) {
    if (millis < 0 || millis > MAX_MILLIS) {
      throw new IllegalArgumentException(
          name + " is " + millis + "; 0 to " + MAX_MILLIS + " is possible");
    }
  }
}
