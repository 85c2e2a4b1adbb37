package io.sub30.gateway.identity;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sub30.gateway.text.StrictBase64Url;
import io.sub30.gateway.text.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The signature and the header of a compact JWS (RFC 7515), without its claims.
 *
 * <p>In this order: length, three parts, canonical base64url, strict JSON header, then the key by
 * its kid, that key's own algorithm, and only then the signature. Keys that a header brings or
 * points to ({@code jwk}, {@code jku}, {@code x5c}, {@code x5u}) are not looked at. Thread-safe; a
 * verification costs some 1.2 ms of CPU.
 */
final class JwsVerifier {
  /** Longest token, characters. */
  static final int MAX_LENGTH = 8_192;

  private final KeySet keys;

  JwsVerifier(KeySet keys) {
    this.keys = keys;
  }

  /** What verifying a JWS came to. */
  sealed interface Outcome permits Signed, Unsigned {}

  /** A payload that one of the keys signed. */
  record Signed(byte[] payload) implements Outcome {}

  /** A token that none of the keys signed, or not in a way that counts. */
  record Unsigned(TokenRefusal refusal) implements Outcome {}

  /** The header fields that matter; null when absent. */
  private record Header(
      @Nullable String alg, @Nullable String kid, @Nullable String typ, boolean critical) {}

  Outcome verify(String compact) {
    if (compact.length() > MAX_LENGTH) {
      return refused(
          TokenFault.TOO_LONG,
          "the token has " + compact.length() + " characters; at most " + MAX_LENGTH + " are read");
    }
    int first = compact.indexOf('.');
    int second = compact.indexOf('.', first + 1);
    if (first < 0 || second < 0 || compact.indexOf('.', second + 1) >= 0) {
      return refused(TokenFault.MALFORMED, "a token has three parts separated by dots");
    }
    byte[] headerBytes = StrictBase64Url.decode(compact, 0, first);
    byte[] payload = StrictBase64Url.decode(compact, first + 1, second);
    byte[] signature = StrictBase64Url.decode(compact, second + 1, compact.length());
    if (headerBytes == null || payload == null || signature == null) {
      return refused(
          TokenFault.MALFORMED, "a part of the token is not unpadded, canonical base64url");
    }
    Header header = readHeader(headerBytes);
    if (header == null) {
      return refused(
          TokenFault.MALFORMED,
          "the token's header is not a strict JSON object of the known types");
    }
    if (header.critical()) {
      return refused(
          TokenFault.CRITICAL_EXTENSION,
          "the token demands an extension by 'crit'; none is known here");
    }
    if (header.typ() != null && !header.typ().toUpperCase(Locale.ROOT).equals("JWT")) {
      return refused(TokenFault.WRONG_TYPE, "the token's typ is not JWT");
    }
    VerificationKey key = header.kid() == null ? null : keys.key(header.kid());
    if (key == null) {
      return refused(
          TokenFault.UNKNOWN_KEY, "the token was signed with a key that is not known here");
    }
    if (!key.algorithm().label().equals(header.alg())) {
      return refused(
          TokenFault.WRONG_ALGORITHM,
          "the token's alg is not " + key.algorithm().label() + ", the only one of its key");
    }
    byte[] signed = compact.substring(0, second).getBytes(StandardCharsets.US_ASCII);
    return key.signatures().holds(signed, signature)
        ? new Signed(payload)
        : refused(TokenFault.BAD_SIGNATURE, "the token's signature is wrong");
  }

  private static @Nullable Header readHeader(byte[] bytes) {
    if (StrictJson.encodingFault(bytes, 0, bytes.length) != null) {
      return null;
    }
    String alg = null;
    String kid = null;
    String typ = null;
    boolean critical = false;
    try (JsonParser parser = StrictJson.openFields(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken value = parser.nextToken();
        boolean read = name.equals("alg") || name.equals("kid") || name.equals("typ");
        if (read && value != JsonToken.VALUE_STRING) {
          return null;
        }
        switch (name) {
          case "alg" -> alg = parser.getText();
          case "kid" -> kid = parser.getText();
          case "typ" -> typ = parser.getText();
          case "crit" -> {
            critical = true;
            parser.skipChildren();
          }
          default -> parser.skipChildren();
        }
      }
      boolean closed = parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
      return closed ? new Header(alg, kid, typ, critical) : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static Unsigned refused(TokenFault fault, String detail) {
    return new Unsigned(new TokenRefusal(fault, detail));
  }
}
