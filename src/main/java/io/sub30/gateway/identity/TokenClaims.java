package io.sub30.gateway.identity;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sub30.gateway.text.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a token as they were written: their types are right, their values not yet judged.
 * Claims nobody reads are skipped, but not when repeated: a repeated name makes the whole payload
 * unreadable.
 */
final class TokenClaims {
  private static final int MAX_AUDIENCES = 16;

  /** A time claim that is not there. */
  static final long ABSENT = Long.MIN_VALUE;

  /** 9999-12-31T23:59:59Z, in seconds; keeps every later sum far from overflow. */
  private static final long MAX_SECONDS = 253_402_300_799L;

  @Nullable String issuer;
  final List<String> audiences = new ArrayList<>(1);
  @Nullable String tenant;
  @Nullable String tier;
  @Nullable String terminal;
  @Nullable String scope;
  @Nullable String tokenId;
  long expiresAtSeconds = ABSENT;
  long notBeforeSeconds = ABSENT;
  long issuedAtSeconds = ABSENT;

  private TokenClaims() {}

  /** A claim of the wrong type; its name is the message. */
  static final class WrongType extends Exception {
    private static final long serialVersionUID = 1;

    WrongType(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Reads a payload.
   *
   * @throws WrongType when a claim has another type than RFC 7519 or this API gives it
   * @throws IOException when it is not a strict JSON object
   */
  static TokenClaims read(byte[] payload) throws IOException, WrongType {
    if (StrictJson.encodingFault(payload, 0, payload.length) != null) {
      throw new IOException("not UTF-8");
    }
    TokenClaims claims = new TokenClaims();
    try (JsonParser parser = StrictJson.openFields(payload)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not an object");
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        parser.nextToken();
        claims.take(name, parser);
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw new IOException("more than one object");
      }
    }
    return claims;
  }

  private void take(String name, JsonParser parser) throws IOException, WrongType {
    switch (name) {
      case "iss" -> issuer = text(name, parser);
      case "aud" -> takeAudiences(parser);
      case "tenant" -> tenant = text(name, parser);
      case "tier" -> tier = text(name, parser);
      case "terminal" -> terminal = text(name, parser);
      case "scope" -> scope = text(name, parser);
      case "jti" -> tokenId = text(name, parser);
      case "sub" -> text(name, parser);
      case "exp" -> expiresAtSeconds = seconds(name, parser);
      case "nbf" -> notBeforeSeconds = seconds(name, parser);
      case "iat" -> issuedAtSeconds = seconds(name, parser);
      default -> parser.skipChildren();
    }
  }

  private void takeAudiences(JsonParser parser) throws IOException, WrongType {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      audiences.add(text("aud", parser));
      return;
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (audiences.size() == MAX_AUDIENCES) {
        throw new WrongType("aud has more than " + MAX_AUDIENCES + " entries");
      }
      audiences.add(text("aud", parser));
    }
  }

  private static String text(String name, JsonParser parser) throws IOException, WrongType {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw new WrongType(name + " is not a string");
    }
    return parser.getText();
  }

  private static long seconds(String name, JsonParser parser) throws IOException, WrongType {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        || parser.getLongValue() < 0
        || parser.getLongValue() > MAX_SECONDS) {
      throw new WrongType(name + " is not a whole number of seconds between 1970 and 9999");
    }
    return parser.getLongValue();
  }
}
