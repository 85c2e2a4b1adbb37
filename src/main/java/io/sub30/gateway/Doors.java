package io.sub30.gateway;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.bus.Faults;
import io.sub30.config.AuthConfig;
import io.sub30.config.Sub30Config;
import io.sub30.gateway.api.ApiDocument;
import io.sub30.gateway.connections.TenantConnections;
import io.sub30.gateway.edge.EdgeCache;
import io.sub30.gateway.identity.Credentials;
import io.sub30.gateway.identity.KeyRing;
import io.sub30.gateway.identity.RevocationList;
import io.sub30.gateway.identity.SigningKeys;
import io.sub30.gateway.ingress.AccessLog;
import io.sub30.gateway.ingress.Ingress;
import io.sub30.gateway.ingress.LaneRefusals;
import io.sub30.gateway.rates.RateLimits;
import io.sub30.gateway.sharedrates.SharedRates;
import io.sub30.gateway.tls.ServerCertificate;
import io.sub30.market.Symbols;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/**
 * What the gateways of all lanes share: whom they believe, the certificate, the symbols, the
 * tenants' rates and connections, the answers kept for them, the access log and the API's
 * description. Thread-safe.
 */
public final class Doors {

  private final Credentials credentials;
  private final @Nullable ServerCertificate certificate;
  private final long refreshMillis;
  private final Symbols symbols;
  private final RateLimits rates;
  private final ApiDocument document = ApiDocument.packaged();
  private final EdgeCache answers;
  private @Nullable AccessLog accessLog;
  private final TenantConnections connections = new TenantConnections();
  private final LaneRefusals refusals = new LaneRefusals();

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
    this.certificate = keys.certificate();
    this.refreshMillis = config.refresh().toMillis();
    this.credentials = new Credentials(config, keys.own(), keys.good(), keys.revoked(), clock);
  }

  /** Looks at keys and certificate again from time to time, until that Vert.x is closed. */
  public void watch(Vertx vertx) {
    repeat(vertx, refreshMillis, credentials::refreshKeys);
    repeat(vertx, refreshMillis, credentials::refreshRevoked);
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
    FunctionCounter.builder("sub30.rate.alone", rates, RateLimits::decidedAlone)
        .description("Requests held to this process's part of a shared rate, as Redis was away.")
        .register(registry);
    answers.meters(registry);
  }

  /** Whom this process believes. */
  public Credentials credentials() {
    return credentials;
  }

  /**
   * What one loop asks other processes with; null when the rates are this one's alone.
   *
   * @param config has Redis when the rates are shared
   */
  @Nullable SharedRates sharedRates(Vertx vertx, Sub30Config config, Faults faults) {
    return rates.areShared()
        ? new SharedRates(
            vertx,
            rates,
            config.database().redis().orElseThrow(),
            config.breakers().redis(),
            faults)
        : null;
  }

  /** What every lane's ingress needs of this. */
  Ingress.Shared ingress() {
    return new Ingress.Shared(credentials, rates, refusals, answers, accessLog);
  }

  /** Null: the API is cleartext. */
  @Nullable ServerCertificate certificate() {
    return certificate;
  }

  Symbols symbols() {
    return symbols;
  }

  ApiDocument document() {
    return document;
  }

  TenantConnections connections() {
    return connections;
  }

  LaneRefusals refusals() {
    return refusals;
  }
}
