package io.sub30.client;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Reads what a caller may know of its own token: the terminal it is bound to. Verifying is the
 * server's business.
 */
public final class TokenTerminal {
  private TokenTerminal() {}

  /**
   * The token's {@code terminal} claim; none when it has no such claim or is no JWT (the server
   * will say so).
   */
  public static Optional<String> of(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    byte[] payload;
    try {
      payload = Base64.getUrlDecoder().decode(parts[1].getBytes(StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return Optional.ofNullable(JsonMessages.topLevelText(payload).get("terminal"))
        .filter(terminal -> !terminal.isEmpty());
  }
}
