package io.sub30.trading;

import io.sub30.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of {@code strategies.yaml} being read: every value is asked for with its range, and
 * what is wrong is told with its path, its value and what would be right.
 *
 * @param path of this mapping in the file, as messages name it
 */
record Section(String path, Map<?, ?> values) {

  static final String FILE = "strategies.yaml";

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  /**
   * @param keys all there may be
   * @throws ConfigException when {@code value} is no mapping, or has other keys
   */
  static Section of(String path, @Nullable Object value, Set<String> keys) {
    if (!(value instanceof Map<?, ?> map)) {
      throw wrong(path, value, "a mapping with some of " + new TreeSet<>(keys));
    }
    for (Object key : map.keySet()) {
      if (!keys.contains(String.valueOf(key))) {
        throw new ConfigException(
            FILE
                + ": unknown key "
                + at(path, String.valueOf(key))
                + "; known are "
                + new TreeSet<>(keys));
      }
    }
    return new Section(path, map);
  }

  static ConfigException wrong(String path, @Nullable Object value, String right) {
    String shown = value == null ? "missing" : "'" + value + "'";
    return new ConfigException(FILE + ": " + path + " is " + shown + " but must be " + right);
  }

  private static String at(String path, String key) {
    return path.isEmpty() ? key : path + '.' + key;
  }

  String at(String key) {
    return at(path, key);
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  @Nullable Object raw(String key) {
    return values.get(key);
  }

  Section section(String key, Set<String> keys) {
    return of(at(key), raw(key), keys);
  }

  double number(String key, double min, double max) {
    if (raw(key) instanceof Number number
        && number.doubleValue() >= min
        && number.doubleValue() <= max) {
      return number.doubleValue();
    }
    throw wrong(at(key), raw(key), "a number from " + plain(min) + " to " + plain(max));
  }

  double number(String key, double min, double max, double otherwise) {
    return has(key) ? number(key, min, max) : otherwise;
  }

  int whole(String key, int min, int max) {
    if (raw(key) instanceof Integer number && number >= min && number <= max) {
      return number;
    }
    throw wrong(at(key), raw(key), "a whole number from " + min + " to " + max);
  }

  boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    if (raw(key) instanceof Boolean flag) {
      return flag;
    }
    throw wrong(at(key), raw(key), "true or false");
  }

  /** An expression; a bare number is one too. */
  String text(String key, String right) {
    Object value = raw(key);
    if (value instanceof Number || value instanceof String text && !text.isBlank()) {
      return String.valueOf(value);
    }
    throw wrong(at(key), value, right);
  }

  List<String> texts(String key, String right) {
    if (!(raw(key) instanceof List<?> list) || list.isEmpty()) {
      throw wrong(at(key), raw(key), right);
    }
    var texts = new ArrayList<String>();
    for (Object each : list) {
      if (!(each instanceof String text)) {
        throw wrong(at(key), each, right);
      }
      texts.add(text);
    }
    return texts;
  }

  /** A duration with its unit, in milliseconds. */
  long millis(String key, long maxMillis) {
    Matcher matcher = DURATION.matcher(String.valueOf(raw(key)));
    if (matcher.matches()) {
      long millis = Long.parseLong(matcher.group(1)) * unitMillis(matcher.group(2));
      if (millis <= maxMillis) {
        return millis;
      }
    }
    throw wrong(
        at(key),
        raw(key),
        "a duration such as 500ms, 30s, 5m or 4h, up to " + maxMillis / 1_000 + "s");
  }

  private static long unitMillis(String unit) {
    return switch (unit) {
      case "ms" -> 1;
      case "s" -> 1_000;
      case "m" -> 60_000;
      case "h" -> 3_600_000;
      default -> 86_400_000;
    };
  }

  private static String plain(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  Hours hours(String key) {
    try {
      return Hours.parse(texts(key, "a list of windows such as ['Mon-Fri 08:00-12:00']"));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(FILE + ": " + at(key) + ": " + e.getMessage(), e);
    }
  }
}
