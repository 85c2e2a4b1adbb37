package io.sub30.config;

import java.time.Duration;
import java.util.Optional;

/**
 * The API's listener.
 *
 * @param port 0 to 65,535; 0 takes any free one
 * @param maxBodyBytes of one request
 * @param idleTimeout of a connection without bytes
 * @param maxStreams concurrent, of one HTTP/2 connection
 * @param maxHeaderBytes of one request's header list
 * @param tls empty: cleartext
 */
public record HttpConfig(
    String host,
    int port,
    int maxBodyBytes,
    Duration idleTimeout,
    int maxStreams,
    int maxHeaderBytes,
    Optional<TlsConfig> tls) {

  static HttpConfig from(ConfigReader in) {
    return new HttpConfig(
        in.required("http.host"),
        in.integer("http.port", 0, 65_535),
        (int) in.bytes("http.max_body", 1 << 10, 64 << 20),
        in.duration("http.idle_timeout", Duration.ofSeconds(1), Duration.ofHours(1)),
        in.integer("http.max_streams", 1, 10_000),
        (int) in.bytes("http.max_header_bytes", 1 << 10, 1 << 20),
        TlsConfig.from(in));
  }
}
