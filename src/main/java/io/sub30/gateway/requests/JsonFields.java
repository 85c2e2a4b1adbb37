package io.sub30.gateway.requests;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import io.sub30.gateway.text.Refused;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads single values strictly: the exact type, within its range, or a refusal that names the place
 * ({@code ticks[3].bid}), the value and what would be right. The parser stands on the value.
 */
final class JsonFields {
  private static final long MAX_UINT32 = 0xFFFF_FFFFL;
  private static final int MAX_LONG_DIGITS = 19;

  private JsonFields() {}

  static String text(JsonParser parser) throws IOException, Refused {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrong(parser, "a string");
    }
    return parser.getText();
  }

  /** A 64-bit integer, also as a string: JavaScript and MQL5 lose digits of a number beyond 2⁵³. */
  static long int64(JsonParser parser) throws IOException, Refused {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        throw wrong(parser, "an integer of 64 bits");
      }
      return parser.getLongValue();
    }
    if (parser.currentToken() == JsonToken.VALUE_STRING && isInteger(parser)) {
      try {
        return Long.parseLong(parser.getText());
      } catch (NumberFormatException e) {
        throw wrong(parser, "an integer of 64 bits");
      }
    }
    throw wrong(parser, "an integer, as a number or a string of digits");
  }

  static int int32(JsonParser parser) throws IOException, Refused {
    return (int) integer(parser, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** An unsigned 32-bit integer in the bits of an {@code int}, as protobuf keeps it. */
  static int uint32(JsonParser parser) throws IOException, Refused {
    return (int) integer(parser, 0, MAX_UINT32);
  }

  /** A finite number. */
  static double number(JsonParser parser) throws IOException, Refused {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_NUMBER_FLOAT && token != JsonToken.VALUE_NUMBER_INT) {
      throw wrong(parser, "a number or null");
    }
    double value = parser.getDoubleValue();
    if (!Double.isFinite(value)) {
      throw wrong(parser, "a number of at most 1.8e308");
    }
    return value;
  }

  /** A refusal that names where the parser stands and the value it stands on. */
  static Refused wrong(JsonParser parser, String right) throws IOException {
    JsonToken token = parser.currentToken();
    JsonStreamContext context = parser.getParsingContext();
    // An opening bracket has already opened its own context; the place of the value is around it.
    boolean opened = token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY;
    String place = place(opened ? context.getParent() : context);
    return new Refused(place + " is " + value(parser) + "; it must be " + right);
  }

  /** {@code ticks[3].bid}; "the body" at the top. */
  static String place(@Nullable JsonStreamContext context) {
    StringBuilder path = new StringBuilder();
    for (JsonStreamContext at = context; at != null && !at.inRoot(); at = at.getParent()) {
      if (at.inArray()) {
        path.insert(0, "[" + Math.max(0, at.getCurrentIndex()) + "]");
      } else if (at.getCurrentName() != null) {
        path.insert(0, (at.getParent().inRoot() ? "" : ".") + Refused.plain(at.getCurrentName()));
      }
    }
    return path.isEmpty() ? "the body" : path.toString();
  }

  private static long integer(JsonParser parser, long min, long max) throws IOException, Refused {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      long value = parser.getLongValue();
      if (value >= min && value <= max) {
        return value;
      }
    }
    throw wrong(parser, "an integer of " + min + " to " + max);
  }

  /**
   * As JSON writes integers: no plus, no leading zeros, ASCII digits only, which Long.parseLong is
   * laxer about.
   */
  private static boolean isInteger(JsonParser parser) throws IOException {
    char[] text = parser.getTextCharacters();
    int at = parser.getTextOffset();
    int end = at + parser.getTextLength();
    if (at < end && text[at] == '-') {
      at++;
    }
    int digits = end - at;
    if (digits == 0 || digits > MAX_LONG_DIGITS || (digits > 1 && text[at] == '0')) {
      return false;
    }
    for (; at < end; at++) {
      if (text[at] < '0' || text[at] > '9') {
        return false;
      }
    }
    return true;
  }

  private static String value(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      return "missing";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "the string " + Refused.shown(parser.getText());
      default -> Refused.plain(parser.getText());
    };
  }
}
