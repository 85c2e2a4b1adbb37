package io.sub30.gateway.identity;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.config.AuthConfig;
import io.sub30.config.TokenAlgorithm;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this process believes: tokens that one of its keys signed and nobody revoked, and those of
 * its own rehearsal. One for all lanes. Thread-safe.
 */
public final class Credentials {

  /** Verifications after which the signature check is compiled. */
  private static final int WARM_UP = 150;

  private final KeyRing keys;
  private final RevocationList revoked;
  private final TokenMint mint;
  private final TokenCache tokens;
  private final Rehearsal rehearsal = new Rehearsal(this::throwaway);

  /**
   * Believes tokens signed with those keys.
   *
   * @param own signs the tokens of the warm-up
   * @param keys verify tokens
   * @param revoked tokens that these keys signed in vain
   */
  public Credentials(
      AuthConfig config, SigningKeys own, KeyRing keys, RevocationList revoked, EpochClock clock) {
    this.keys = keys;
    this.revoked = revoked;
    this.mint = new TokenMint(own, clock);
    this.tokens =
        new TokenCache(
            new TokenVerifier(keys::current, TokenRules.of(config), clock),
            clock,
            config.cachedTokens(),
            revoked::current);
  }

  /** Verifies tokens, and remembers the good ones. */
  public TokenCache tokens() {
    return tokens;
  }

  /** Admits the server's own warm-up requests, until it is closed. */
  public Rehearsal rehearsal() {
    return rehearsal;
  }

  /** Reads the keys again. Blocks: for a worker. */
  public void refreshKeys() {
    keys.refresh();
  }

  /** Reads what is revoked again. Blocks: for a worker. */
  public void refreshRevoked() {
    revoked.refresh();
  }

  /** Whether the tokens that {@link TokenMint} makes say what that configuration wants of one. */
  public static boolean believesOwnTokens(AuthConfig config) {
    return config.issuer().equals(TokenRules.ISSUER)
        && config.audience().equals(TokenRules.AUDIENCE)
        && config.algorithms().contains(TokenAlgorithm.ES256);
  }

  /**
   * Asks whether a token lets its holder operate this process: it must be good and have the scope
   * {@link Scope#ADMIN}. May check a signature: for a worker.
   *
   * @return why not; null when it does
   */
  public @Nullable OperatorRefusal refuseOperator(String token) {
    Verification verification = tokens.verify(token);
    if (verification instanceof Principal principal) {
      return principal.may(Scope.ADMIN)
          ? null
          : new OperatorRefusal(true, principal.lacks(Scope.ADMIN));
    }
    return new OperatorRefusal(false, ((TokenRefusal) verification).detail());
  }

  /**
   * Verifies throwaway tokens, so that the first real one does not wait for the compiler. Blocks
   * for some 0.2 s: for a worker.
   */
  public void warmUp() {
    for (int i = 0; i < WARM_UP; i++) {
      tokens.verify(throwaway());
    }
  }

  /** Good for a second, and for nothing that changes anything. */
  private String throwaway() {
    return mint.mint(
        new TokenRequest(
            "warm-up", Tier.FREE, null, Duration.ofSeconds(1), Set.of(Scope.READ), null));
  }
}
