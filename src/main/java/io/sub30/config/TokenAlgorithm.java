package io.sub30.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The signature algorithms that a token may be verified with (RFC 7518, RFC 8037). */
public enum TokenAlgorithm {
  /** ECDSA on P-256 with SHA-256; what the keys of our own sign with. */
  ES256("ES256"),
  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  RS256("RS256"),
  /** Ed25519. */
  EDDSA("EdDSA");

  private final String label;

  TokenAlgorithm(String label) {
    this.label = label;
  }

  /** Its name in a header's {@code alg}. */
  public String label() {
    return label;
  }

  /** The algorithm of that name, to the letter. */
  static Optional<TokenAlgorithm> of(String label) {
    return Arrays.stream(values()).filter(algorithm -> algorithm.label.equals(label)).findFirst();
  }

  static String labels() {
    return Arrays.stream(values()).map(TokenAlgorithm::label).collect(Collectors.joining(", "));
  }
}
