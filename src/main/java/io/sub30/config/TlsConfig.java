package io.sub30.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * TLS of the API's listener.
 *
 * @param certificate PEM: the server's certificate, then those of its issuers
 * @param key PEM: its private key, unencrypted PKCS#8
 * @param refresh how often both are looked at again
 */
public record TlsConfig(Path certificate, Path key, Duration refresh) {

  /** Empty when neither file is named: the API is cleartext then. */
  static Optional<TlsConfig> from(ConfigReader in) {
    Optional<Path> certificate = in.path("http.tls.certificate");
    Optional<Path> key = in.path("http.tls.key");
    Duration refresh = in.duration("http.tls.refresh", Duration.ofSeconds(1), Duration.ofHours(24));
    if (certificate.isEmpty() && key.isEmpty()) {
      return Optional.empty();
    }
    if (key.isEmpty()) {
      throw in.refuse("http.tls.certificate", "empty, or have its key in http.tls.key");
    }
    if (certificate.isEmpty()) {
      throw in.refuse("http.tls.key", "empty, or have its certificate in http.tls.certificate");
    }
    return Optional.of(new TlsConfig(certificate.get(), key.get(), refresh));
  }
}
