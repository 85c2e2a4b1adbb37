package io.sub30.gateway;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.config.AuthConfig;
import io.sub30.gateway.rates.RateLimits;
import io.sub30.market.Symbols;
import io.vertx.core.Vertx;
import java.time.Duration;

/**
 * What the gateways of all lanes share: the keys tokens are verified with, the verified tokens, the
 * rehearsal, the symbols and the tenants' rates. Thread-safe.
 */
public final class Doors {

  /** Verifications after which the signature check is compiled. */
  private static final int WARM_UP = 150;

  private final Ingress.Credentials credentials;
  private final KeyRing keys;
  private final long refreshMillis;
  private final TokenMint mint;
  private final Symbols symbols;
  private final RateLimits rates;
  private final TenantConnections connections = new TenantConnections();

  /**
   * Doors that believe the tokens signed with those keys.
   *
   * @param own signs the tokens of the warm-up
   */
  public Doors(
      AuthConfig config,
      SigningKeys own,
      KeyRing keys,
      Symbols symbols,
      EpochClock clock,
      RateLimits rates) {
    this.symbols = symbols;
    this.rates = rates;
    this.keys = keys;
    this.refreshMillis = config.refresh().toMillis();
    this.mint = new TokenMint(own, clock);
    TokenVerifier verifier = new TokenVerifier(keys::current, TokenRules.of(config), clock);
    this.credentials =
        new Ingress.Credentials(
            new TokenCache(verifier, clock, config.cachedTokens()), new Rehearsal());
  }

  /** Looks at the keys again from time to time, on a worker, until that Vert.x is closed. */
  public void watch(Vertx vertx) {
    vertx.setTimer(
        refreshMillis,
        id ->
            vertx
                .executeBlocking(
                    () -> {
                      keys.refresh();
                      return null;
                    },
                    false)
                .onComplete(done -> watch(vertx)));
  }

  Symbols symbols() {
    return symbols;
  }

  RateLimits rates() {
    return rates;
  }

  TenantConnections connections() {
    return connections;
  }

  Ingress.Credentials credentials() {
    return credentials;
  }

  /**
   * Verifies throwaway tokens, so that the first real one does not wait for the compiler. Blocks
   * for some 0.2 s: for a worker.
   */
  public void warmUp() {
    for (int i = 0; i < WARM_UP; i++) {
      String token = mint.mint(new TokenRequest("warm-up", Tier.FREE, null, Duration.ofSeconds(1)));
      credentials.tokens().verify(token);
    }
  }

  /** Admits the server's own warm-up requests, until it is closed. */
  public Rehearsal rehearsal() {
    return credentials.rehearsal();
  }
}
