package io.sub30.gateway;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.config.AuthConfig;
import io.sub30.config.TokenAlgorithm;
import io.sub30.gateway.edge.EdgeCache;
import io.sub30.gateway.rates.RateLimits;
import io.sub30.market.Symbols;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the gateways of all lanes share: the keys tokens are verified with, the verified tokens, the
 * rehearsal, the symbols, the tenants' rates, the answers kept for them and the API's description.
 * Thread-safe.
 */
public final class Doors {

  /** Verifications after which the signature check is compiled. */
  private static final int WARM_UP = 150;

  private final Authentication.Credentials credentials;
  private final KeyRing keys;
  private final RevocationList revoked;
  private final @Nullable ServerCertificate certificate;
  private final long refreshMillis;
  private final TokenMint mint;
  private final Symbols symbols;
  private final RateLimits rates;
  private final ApiDocument document = ApiDocument.packaged();
  private final EdgeCache answers;
  private @Nullable AccessLog accessLog;
  private final TenantConnections connections = new TenantConnections();

  /**
   * What is read of files and addresses.
   *
   * @param own signs the tokens of the warm-up
   * @param good verify tokens
   * @param revoked tokens that these keys signed in vain
   * @param certificate null: the API is cleartext
   */
  public record Keys(
      SigningKeys own,
      KeyRing good,
      RevocationList revoked,
      @Nullable ServerCertificate certificate) {}

  /**
   * What a tenant's requests have in common, whatever loop they come in on.
   *
   * @param answers those to reads that are kept
   */
  public record Shared(RateLimits rates, EdgeCache answers) {}

  /** Doors that believe the tokens signed with those keys. */
  public Doors(AuthConfig config, Keys keys, Symbols symbols, EpochClock clock, Shared shared) {
    this.symbols = symbols;
    this.rates = shared.rates();
    this.answers = shared.answers();
    this.keys = keys.good();
    this.revoked = keys.revoked();
    this.certificate = keys.certificate();
    this.refreshMillis = config.refresh().toMillis();
    this.mint = new TokenMint(keys.own(), clock);
    TokenVerifier verifier = new TokenVerifier(this.keys::current, TokenRules.of(config), clock);
    this.credentials =
        new Authentication.Credentials(
            new TokenCache(verifier, clock, config.cachedTokens(), revoked::current),
            new Rehearsal());
  }

  /** Looks at keys and certificate again from time to time, until that Vert.x is closed. */
  public void watch(Vertx vertx) {
    repeat(vertx, refreshMillis, keys::refresh);
    repeat(vertx, refreshMillis, revoked::refresh);
    if (certificate != null) {
      repeat(vertx, certificate.refreshMillis(), certificate::refresh);
    }
  }

  /** From now on writes a line for each request. To be called before the first gateway starts. */
  public void logRequests(Vertx vertx, MeterRegistry registry) {
    AccessLog log = AccessLog.on(vertx);
    FunctionCounter.builder("sub30.access.log.dropped", log, AccessLog::dropped).register(registry);
    accessLog = log;
  }

  /** Null: requests are not logged. */
  @Nullable AccessLog accessLog() {
    return accessLog;
  }

  /** On a worker, and never while the last time is not over. */
  private static void repeat(Vertx vertx, long millis, Runnable refresh) {
    vertx.setTimer(
        millis,
        id ->
            vertx
                .executeBlocking(
                    () -> {
                      refresh.run();
                      return null;
                    },
                    false)
                .onComplete(done -> repeat(vertx, millis, refresh)));
  }

  /** Shows there how many batches wait for their tenants' turns, and what answers are kept. */
  public void meters(MeterRegistry registry) {
    for (Tier tier : Tier.values()) {
      Gauge.builder("sub30.rate.waiting", rates, all -> all.waiting(tier))
          .tag("tier", tier.label())
          .description("Batches over their tenant's rate that wait for its turn.")
          .register(registry);
    }
    answers.meters(registry);
  }

  EdgeCache answers() {
    return answers;
  }

  @Nullable ServerCertificate certificate() {
    return certificate;
  }

  Symbols symbols() {
    return symbols;
  }

  ApiDocument document() {
    return document;
  }

  RateLimits rates() {
    return rates;
  }

  TenantConnections connections() {
    return connections;
  }

  Authentication.Credentials credentials() {
    return credentials;
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
    Verification verification = credentials.tokens().verify(token);
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
      String token = mint.mint(new TokenRequest("warm-up", Tier.FREE, null, Duration.ofSeconds(1)));
      credentials.tokens().verify(token);
    }
  }

  /** Admits the server's own warm-up requests, until it is closed. */
  public Rehearsal rehearsal() {
    return credentials.rehearsal();
  }
}
