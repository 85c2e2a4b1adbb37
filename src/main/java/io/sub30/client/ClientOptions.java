package io.sub30.client;

import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a {@link Sub30Client} sends.
 *
 * @param target scheme, host and port of the API, e.g. {@code http://127.0.0.1:8080}; a path is not
 *     allowed
 * @param token the bearer token, one line
 * @param transport how batches travel
 * @param encoding how they are written; gRPC carries protobuf only
 * @param connections TCP connections at most, 1 to 256; a stream has one
 * @param inFlight batches awaiting an answer at most, 1 to 10,000; more are answered {@code busy}
 *     without being sent
 * @param timeout how long to wait for a connection, and for an answer; 10 ms to 10 min
 * @param ca PEM file of the only authorities (or server certificates) trusted; null: those of the
 *     platform
 */
public record ClientOptions(
    URI target,
    String token,
    Transport transport,
    Encoding encoding,
    int connections,
    int inFlight,
    Duration timeout,
    @Nullable Path ca) {
  public ClientOptions {
    requireTarget(target);
    if (token.isBlank() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException(
          "token: must be one line of printable ASCII without spaces");
    }
    boolean grpc = transport == Transport.GRPC || transport == Transport.GRPC_ELSE_STREAM;
    if (grpc && encoding != Encoding.PROTOBUF) {
      throw new IllegalArgumentException(
          "encoding json: gRPC carries protobuf; use http2, stream or http1");
    }
    if (connections < 1 || connections > 256) {
      throw new IllegalArgumentException("connections " + connections + ": must be 1 to 256");
    }
    if (inFlight < 1 || inFlight > 10_000) {
      throw new IllegalArgumentException("in-flight " + inFlight + ": must be 1 to 10000");
    }
    if (timeout.toMillis() < 10 || timeout.toMinutes() > 10) {
      throw new IllegalArgumentException("timeout " + timeout + ": must be 10 ms to 10 min");
    }
    if (ca != null && !"https".equalsIgnoreCase(target.getScheme())) {
      throw new IllegalArgumentException("ca " + ca + ": is for https; the target is " + target);
    }
  }

  /** With the certificate authorities of the platform, where the target is https. */
  public ClientOptions(
      URI target,
      String token,
      Transport transport,
      Encoding encoding,
      int connections,
      int inFlight,
      Duration timeout) {
    this(target, token, transport, encoding, connections, inFlight, timeout, null);
  }

  /** HTTP/2 and protobuf over one connection, 256 in flight, 10 s timeout. */
  public static ClientOptions of(URI target, String token) {
    return new ClientOptions(
        target, token, Transport.HTTP2, Encoding.PROTOBUF, 1, 256, Duration.ofSeconds(10));
  }

  static void requireTarget(URI target) {
    String scheme = target.getScheme();
    boolean http = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
    boolean bare =
        target.getPath() == null || target.getPath().isEmpty() || target.getPath().equals("/");
    if (!http
        || target.getHost() == null
        || !bare
        || target.getQuery() != null
        || target.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "target " + target + ": must be http://HOST:PORT or https://HOST:PORT");
    }
  }

  /** TLS with the server's name verified, or cleartext with prior knowledge of HTTP/2. */
  HttpClientOptions connecting() {
    HttpClientOptions options =
        new HttpClientOptions()
            .setHttp2ClearTextUpgrade(false)
            .setSsl(tls())
            .setUseAlpn(tls() && transport != Transport.HTTP1)
            .setTcpNoDelay(true)
            .setConnectTimeout((int) timeout.toMillis());
    if (ca != null) {
      options.setTrustOptions(new PemTrustOptions().addCertPath(ca.toString()));
    }
    return options;
  }

  boolean tls() {
    return "https".equalsIgnoreCase(target.getScheme());
  }

  int port() {
    if (target.getPort() > 0) {
      return target.getPort();
    }
    return tls() ? 443 : 80;
  }

  /** The host as a socket wants it: an IPv6 address without its brackets. */
  String host() {
    String host = target.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
