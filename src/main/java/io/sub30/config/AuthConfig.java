package io.sub30.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a token must say, and whose.
 *
 * @param issuer the only accepted {@code iss}
 * @param audience what {@code aud} must hold
 * @param clockSkew how far the issuer's clock may be off
 * @param cachedTokens verified tokens that are remembered
 * @param algorithms what a key may be for; keys for others are left out
 * @param jwks a key set besides the key of our own: a file, an https address, or an http one of
 *     this machine
 * @param revoked a file of tokens that are not believed any more
 * @param refresh how often what stands in files and at addresses is looked at again
 */
public record AuthConfig(
    String issuer,
    String audience,
    Duration clockSkew,
    int cachedTokens,
    Set<TokenAlgorithm> algorithms,
    Optional<URI> jwks,
    Optional<Path> revoked,
    Duration refresh) {

  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

  public AuthConfig {
    algorithms = Set.copyOf(algorithms);
  }

  static AuthConfig from(ConfigReader in) {
    Set<TokenAlgorithm> algorithms = algorithms(in);
    Optional<URI> jwks = jwks(in);
    if (jwks.isEmpty() && !algorithms.contains(TokenAlgorithm.ES256)) {
      throw in.refuse("auth.algorithms", "a list with ES256 unless auth.jwks names other keys");
    }
    return new AuthConfig(
        in.required("auth.issuer"),
        in.required("auth.audience"),
        in.duration("auth.clock_skew", Duration.ZERO, Duration.ofMinutes(5)),
        in.integer("auth.cached_tokens", 16, 1_000_000),
        algorithms,
        jwks,
        in.path("auth.revoked"),
        in.duration("auth.refresh", Duration.ofSeconds(1), Duration.ofHours(1)));
  }

  private static Set<TokenAlgorithm> algorithms(ConfigReader in) {
    Set<TokenAlgorithm> algorithms = EnumSet.noneOf(TokenAlgorithm.class);
    for (String label : in.text("auth.algorithms").split(",", -1)) {
      algorithms.add(
          TokenAlgorithm.of(label.strip())
              .orElseThrow(
                  () ->
                      in.refuse(
                          "auth.algorithms",
                          "a list, separated by commas, of " + TokenAlgorithm.labels())));
    }
    return algorithms;
  }

  private static Optional<URI> jwks(ConfigReader in) {
    String key = "auth.jwks";
    String text = in.text(key);
    String form =
        "a file or https://host/path (http only of localhost, 127.0.0.1 or [::1]), without user and"
            + " password";
    if (!text.contains("://")) {
      return in.path(key).map(Path::toUri);
    }
    try {
      URI uri = new URI(text);
      boolean safe =
          "https".equals(uri.getScheme())
              // Whoever can change cleartext on its way could make keys, and with them tokens.
              || ("http".equals(uri.getScheme())
                  && uri.getHost() != null
                  && THIS_MACHINE.contains(uri.getHost()));
      if (safe && uri.getHost() != null && uri.getUserInfo() == null) {
        return Optional.of(uri);
      }
    } catch (URISyntaxException e) {
      throw in.refuse(key, form);
    }
    throw in.refuse(key, form);
  }
}
