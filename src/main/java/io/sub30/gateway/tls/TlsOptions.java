package io.sub30.gateway.tls;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.List;
import java.util.Set;

/**
 * TLS as the API speaks it: 1.2 and 1.3, HTTP/2 and HTTP/1.1 by ALPN, and of 1.2 only suites with
 * forward secrecy and authenticated encryption (RFC 9113 §9.2.2 forbids HTTP/2 the others).
 */
public final class TlsOptions {
  private static final List<String> SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
  private static final Set<String> VERSIONS = Set.of("TLSv1.3", "TLSv1.2");

  private TlsOptions() {}

  private static PemKeyCertOptions keyAndCertificate(TlsIdentity identity) {
    return new PemKeyCertOptions()
        .addCertValue(Buffer.buffer(identity.certificatePem()))
        .addKeyValue(Buffer.buffer(identity.keyPem()));
  }

  /** Turns a cleartext listener's options into those of one that speaks TLS alone. */
  public static void apply(HttpServerOptions options, TlsIdentity identity) {
    options
        .setSsl(true)
        .setUseAlpn(true)
        .setEnabledSecureTransportProtocols(VERSIONS)
        .setKeyCertOptions(keyAndCertificate(identity));
    SUITES.forEach(options::addEnabledCipherSuite);
  }

  /** The same for a listener that runs: it concerns the connections to come. */
  public static ServerSSLOptions replacement(TlsIdentity identity) {
    ServerSSLOptions options =
        new ServerSSLOptions()
            .setUseAlpn(true)
            .setApplicationLayerProtocols(List.of("h2", "http/1.1"))
            .setEnabledSecureTransportProtocols(VERSIONS)
            .setKeyCertOptions(keyAndCertificate(identity));
    SUITES.forEach(options::addEnabledCipherSuite);
    return options;
  }
}
