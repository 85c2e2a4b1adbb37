package io.sub30.gateway.identity;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.gateway.text.Identifiers;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a token is to be believed, and for whom it speaks (RFC 7519, RFC 8725).
 *
 * <p>The signature comes first; nothing of the payload is read before it holds. Thread-safe; costs
 * more than a millisecond (1.2 ms of CPU measured on a 2-core test machine), so put a {@link
 * TokenCache} before it.
 */
final class TokenVerifier {
  private final Supplier<KeySet> keys;
  private final TokenRules rules;
  private final EpochClock clock;

  /**
   * @param keys those that are good at the moment it is asked
   */
  TokenVerifier(Supplier<KeySet> keys, TokenRules rules, EpochClock clock) {
    this.keys = keys;
    this.rules = rules;
    this.clock = clock;
  }

  KeySet keys() {
    return keys.get();
  }

  TokenRules rules() {
    return rules;
  }

  /**
   * Verifies a token.
   *
   * @param compact what follows {@code Bearer } in the Authorization header
   */
  Verification verify(String compact) {
    return verify(compact, keys());
  }

  /** As above, with keys that were looked up before. */
  Verification verify(String compact, KeySet with) {
    JwsVerifier.Outcome outcome = new JwsVerifier(with).verify(compact);
    if (outcome instanceof JwsVerifier.Unsigned unsigned) {
      return unsigned.refusal();
    }
    byte[] payload = ((JwsVerifier.Signed) outcome).payload();
    TokenClaims claims;
    try {
      claims = TokenClaims.read(payload);
    } catch (TokenClaims.WrongType e) {
      return new TokenRefusal(TokenFault.BAD_CLAIM, "the token's " + e.getMessage());
    } catch (IOException e) {
      return new TokenRefusal(
          TokenFault.MALFORMED,
          "the token's payload is not a strict JSON object of unrepeated names");
    }
    TokenRefusal refusal = judgeTimesAndPlaces(claims);
    return refusal != null ? refusal : judgeHolder(claims);
  }

  private @Nullable TokenRefusal judgeTimesAndPlaces(TokenClaims claims) {
    if (!rules.issuer().equals(claims.issuer)) {
      return new TokenRefusal(TokenFault.WRONG_ISSUER, "the token's iss is not " + rules.issuer());
    }
    if (!claims.audiences.contains(rules.audience())) {
      return new TokenRefusal(
          TokenFault.WRONG_AUDIENCE, "the token's aud is not " + rules.audience());
    }
    long nowMillis = clock.epochMillis();
    if (claims.expiresAtSeconds == TokenClaims.ABSENT) {
      return new TokenRefusal(TokenFault.BAD_CLAIM, "the token has no exp");
    }
    long expiresAtMillis = claims.expiresAtSeconds * 1_000;
    if (nowMillis >= expiresAtMillis + rules.expiryGraceMillis()) {
      return new TokenRefusal(
          TokenFault.EXPIRED,
          "the token expired " + (nowMillis - expiresAtMillis) / 1_000 + " s ago; get a new one");
    }
    long latestSeconds = Math.max(claims.notBeforeSeconds, claims.issuedAtSeconds);
    if (latestSeconds != TokenClaims.ABSENT
        && latestSeconds * 1_000 > nowMillis + rules.skewMillis()) {
      return new TokenRefusal(
          TokenFault.NOT_YET_VALID,
          "the token begins in " + (latestSeconds - nowMillis / 1_000) + " s; is a clock wrong?");
    }
    return null;
  }

  private static Verification judgeHolder(TokenClaims claims) {
    if (claims.tenant == null || !Identifiers.isTenant(claims.tenant)) {
      return new TokenRefusal(
          TokenFault.BAD_CLAIM, "the token's tenant is not " + Identifiers.TENANT_RULE);
    }
    if (claims.terminal != null && !Identifiers.isTerminal(claims.terminal)) {
      return new TokenRefusal(
          TokenFault.BAD_CLAIM, "the token's terminal is not " + Identifiers.TERMINAL_RULE);
    }
    Optional<Tier> tier = claims.tier == null ? Optional.empty() : Tier.of(claims.tier);
    if (tier.isEmpty()) {
      return new TokenRefusal(
          TokenFault.BAD_CLAIM, "the token's tier is not free, pro or enterprise");
    }
    return new Principal(
        claims.tenant,
        tier.get(),
        claims.terminal,
        Scope.granted(claims.scope),
        claims.expiresAtSeconds * 1_000,
        claims.tokenId,
        claims.issuedAtSeconds == TokenClaims.ABSENT
            ? Long.MIN_VALUE
            : claims.issuedAtSeconds * 1_000);
  }
}
