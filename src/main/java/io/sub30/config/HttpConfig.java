package io.sub30.config;

import io.sub30.budget.Tier;
import java.time.Duration;
import java.util.Optional;

/**
 * The API's listeners.
 *
 * @param port 0 to 65,535; 0 takes any free one
 * @param enterprisePort of the listener that takes enterprise tokens only and is served by the
 *     enterprise lanes, which then serve no other; 0: there is none, and all lanes serve {@code
 *     port}
 * @param maxBodyBytes of one request
 * @param idleTimeout of a connection without bytes
 * @param maxStreams concurrent, of one HTTP/2 connection
 * @param maxHeaderBytes of one request's header list
 * @param tls empty: cleartext
 * @param limits what connections may cost
 * @param edgeCache what of the answers to reads is kept
 * @param accessLog write a line for each request
 * @param grpcReflection whether anybody may ask for the services' descriptions
 */
public record HttpConfig(
    String host,
    int port,
    int enterprisePort,
    int maxBodyBytes,
    Duration idleTimeout,
    int maxStreams,
    int maxHeaderBytes,
    Optional<TlsConfig> tls,
    Limits limits,
    EdgeCacheConfig edgeCache,
    boolean accessLog,
    boolean grpcReflection) {

  /**
   * What connections may cost, in number and time.
   *
   * @param maxConnections of one listener, over all lanes
   * @param maxTenantConnections of one tenant, over all lanes
   * @param headerTimeout from a connection's begin to the end of its first head
   * @param bodyTimeout from a request's head to the end of its body; streams are exempt
   * @param answerTimeout from an answer's end until the client has taken it
   */
  public record Limits(
      int maxConnections,
      int maxTenantConnections,
      Duration headerTimeout,
      Duration bodyTimeout,
      Duration answerTimeout) {

    static Limits from(ConfigReader in) {
      return new Limits(
          in.integer("http.max_connections", 1, 1_000_000),
          in.integer("http.max_tenant_connections", 1, 1_000_000),
          in.duration("http.header_timeout", Duration.ofMillis(100), Duration.ofMinutes(10)),
          in.duration("http.body_timeout", Duration.ofMillis(100), Duration.ofMinutes(10)),
          in.duration("http.answer_timeout", Duration.ofMillis(100), Duration.ofMinutes(10)));
    }
  }

  /** Whether that pool's lanes have a listener of their own. */
  public boolean ownListener(Tier pool) {
    return enterprisePort > 0 && pool == Tier.ENTERPRISE;
  }

  /** The port that pool's lanes serve. */
  public int portOf(Tier pool) {
    return ownListener(pool) ? enterprisePort : port;
  }

  private static int enterprisePort(ConfigReader in, int port) {
    int own = in.integer("http.enterprise_port", 0, 65_535);
    if (own > 0 && own == port) {
      throw new ConfigException(
          "http.enterprise_port is " + own + ", as http.port; it must be another one, or 0");
    }
    return own;
  }

  static HttpConfig from(ConfigReader in) {
    int port = in.integer("http.port", 0, 65_535);
    return new HttpConfig(
        in.required("http.host"),
        port,
        enterprisePort(in, port),
        (int) in.bytes("http.max_body", 1 << 10, 64 << 20),
        in.duration("http.idle_timeout", Duration.ofSeconds(1), Duration.ofHours(1)),
        in.integer("http.max_streams", 1, 10_000),
        (int) in.bytes("http.max_header_bytes", 1 << 10, 1 << 20),
        TlsConfig.from(in),
        Limits.from(in),
        EdgeCacheConfig.from(in),
        in.flag("http.access_log"),
        in.flag("http.grpc_reflection"));
  }
}
