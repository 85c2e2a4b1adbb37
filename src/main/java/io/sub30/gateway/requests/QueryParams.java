package io.sub30.gateway.requests;

import io.sub30.gateway.text.Refused;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a query string, read strictly: an unknown one is refused by name (a typo must
 * not widen a query in silence), and so is a repeated or an empty one.
 *
 * <p>A plus is a plus, as in RFC 3986, so that {@code since=2026-01-05T09:00:00+02:00} means what
 * it says; the form encoding's reading of it as a space would help nobody, as no parameter holds a
 * space.
 */
final class QueryParams {
  /** Longest query string, characters. */
  private static final int MAX_LENGTH = 2_048;

  private static final String TIME_RULE =
      "epoch milliseconds or RFC 3339 such as 2026-01-05T09:00:00Z";

  /** 9999-12-31T23:59:59.999Z. */
  private static final long MAX_EPOCH_MILLIS = 253_402_300_799_999L;

  private static final Pattern RFC_3339 =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})");

  private final Map<String, String> values = new HashMap<>();

  private QueryParams() {}

  /**
   * Reads a query string.
   *
   * @param query what follows the question mark, still percent-encoded; null or empty when there is
   *     none
   * @param known the parameters there are
   */
  static QueryParams parse(@Nullable String query, List<String> known) throws Refused {
    QueryParams params = new QueryParams();
    if (query == null || query.isEmpty()) {
      return params;
    }
    if (query.length() > MAX_LENGTH) {
      throw new Refused(
          "the query has " + query.length() + " characters; at most " + MAX_LENGTH + " are read");
    }
    if (!query.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new Refused("the query holds characters that must be percent-encoded as UTF-8");
    }
    int from = 0;
    while (from <= query.length()) {
      int to = query.indexOf('&', from);
      to = to < 0 ? query.length() : to;
      params.add(query.substring(from, to), known);
      from = to + 1;
    }
    return params;
  }

  private void add(String pair, List<String> known) throws Refused {
    int equals = pair.indexOf('=');
    String name = decode(equals < 0 ? pair : pair.substring(0, equals));
    if (!known.contains(name)) {
      throw new Refused(
          "parameter "
              + Refused.shown(name)
              + " is not known; known are "
              + String.join(", ", known));
    }
    String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
    if (value.isEmpty()) {
      throw new Refused("parameter " + name + " is empty; give it a value or leave it out");
    }
    if (values.put(name, value) != null) {
      throw new Refused("parameter " + name + " is there twice; once is right");
    }
  }

  /** The value, decoded; null when it was not given. */
  @Nullable String text(String name) {
    return values.get(name);
  }

  /** An integer within bounds, or what stands in for it when it was not given. */
  int integer(String name, int min, int max, int absent) throws Refused {
    String value = values.get(name);
    if (value == null) {
      return absent;
    }
    long number = digits(value);
    if (number < min || number > max) {
      throw wrong(name, value, "an integer of " + min + " to " + max);
    }
    return (int) number;
  }

  /** A time in epoch milliseconds, or what stands in for it when it was not given. */
  long epochMillis(String name, long absent) throws Refused {
    String value = values.get(name);
    if (value == null) {
      return absent;
    }
    long millis = digits(value);
    if (millis < 0 && RFC_3339.matcher(value).matches()) {
      try {
        millis = OffsetDateTime.parse(value.toUpperCase(Locale.ROOT)).toInstant().toEpochMilli();
      } catch (DateTimeException e) {
        throw wrong(name, value, TIME_RULE); // the 31st of April, or a leap second
      }
    }
    if (millis < 0 || millis > MAX_EPOCH_MILLIS) {
      throw wrong(name, value, TIME_RULE + ", from 1970 to 9999");
    }
    return millis;
  }

  static Refused wrong(String name, String value, String right) {
    return new Refused(
        "parameter " + name + " is " + Refused.shown(value) + "; it must be " + right);
  }

  /** A number written in 1 to 15 ASCII digits; -1 when it is not one. */
  static long digits(String value) {
    if (value.length() > 15) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }

  private static String decode(String text) throws Refused {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '%') {
        bytes.write(c);
        continue;
      }
      int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
      if (high < 0 || low < 0) {
        throw new Refused(
            "the query holds "
                + Refused.shown(text)
                + ", where a percent sign is not followed by two hex digits");
      }
      bytes.write((high << 4) | low);
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new Refused(
          "the query holds " + Refused.shown(text) + ", which is not UTF-8 once decoded");
    }
  }
}
