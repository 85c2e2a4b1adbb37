package io.sub30.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads typed values out of a {@link ConfigTree}; every refusal names the key, the value, where it
 * was given and the range.
 */
final class ConfigReader {

  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(us|ms|s|m|h)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})(B|KiB|MiB|GiB)");

  private final ConfigTree tree;

  ConfigReader(ConfigTree tree) {
    this.tree = tree;
  }

  String text(String key) {
    return tree.entry(key).text().strip();
  }

  String required(String key) {
    String text = text(key);
    if (text.isEmpty()) {
      throw refuse(key, "a value");
    }
    return text;
  }

  boolean flag(String key) {
    return switch (text(key)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refuse(key, "true or false");
    };
  }

  int integer(String key, int min, int max) {
    String range = "a whole number from " + min + " to " + max;
    try {
      int value = Integer.parseInt(text(key));
      if (value < min || value > max) {
        throw refuse(key, range);
      }
      return value;
    } catch (NumberFormatException e) {
      throw refuse(key, range);
    }
  }

  /** As {@link #duration}, for what is told to others who know no smaller unit. */
  Duration wholeSeconds(String key, Duration min, Duration max) {
    Duration value = duration(key, min, max);
    if (value.toNanosPart() != 0) {
      throw refuse(key, "whole seconds, or 0s");
    }
    return value;
  }

  /** A duration from {@code min} to {@code max}, in nanoseconds' resolution. */
  Duration duration(String key, Duration min, Duration max) {
    String range =
        "a duration with a unit (us, ms, s, m, h) from " + show(min) + " to " + show(max);
    Duration value = parseDuration(text(key)).orElseThrow(() -> refuse(key, range));
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw refuse(key, range);
    }
    return value;
  }

  /** A number with a unit, such as {@code 50ms}; empty when the text is something else. */
  static Optional<Duration> parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "us" -> Duration.ofNanos(count * 1_000);
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          default -> Duration.ofHours(count);
        });
  }

  /** A size in bytes. */
  long bytes(String key, long min, long max) {
    String range = "a size with a unit (B, KiB, MiB, GiB) from " + min + " B to " + max + " B";
    Matcher matcher = SIZE.matcher(text(key));
    if (!matcher.matches()) {
      throw refuse(key, range);
    }
    int shift =
        switch (matcher.group(2)) {
          case "B" -> 0;
          case "KiB" -> 10;
          case "MiB" -> 20;
          default -> 30;
        };
    long count = Long.parseLong(matcher.group(1));
    // Compared before it is shifted: 2^34 + 1 GiB would come out as 1 GiB.
    if (count > max >> shift || count << shift < min) {
      throw refuse(key, range);
    }
    return count << shift;
  }

  /**
   * A URI of one of those schemes; empty when the key is. The value may hold a password, so no
   * message shows it.
   */
  Optional<URI> secretUri(String key, String... schemes) {
    String text = text(key);
    return text.isEmpty() ? Optional.empty() : Optional.of(secretUriOf(key, text, "", schemes));
  }

  /**
   * URIs of one of those schemes, separated by commas; none when the key is empty. As above, no
   * message shows a value; it names the place in the list.
   */
  List<URI> secretUris(String key, int max, String... schemes) {
    String text = text(key);
    if (text.isEmpty()) {
      return List.of();
    }
    String[] parts = text.split(",", -1);
    if (parts.length > max) {
      throw new ConfigException(
          key
              + " in "
              + tree.entry(key).origin()
              + " lists "
              + parts.length
              + " URIs; it must list at most "
              + max);
    }
    List<URI> uris = new ArrayList<>();
    for (String part : parts) {
      String place = ", number " + (uris.size() + 1) + " of " + parts.length + ",";
      uris.add(secretUriOf(key, part.strip(), place, schemes));
    }
    return List.copyOf(uris);
  }

  private URI secretUriOf(String key, String text, String place, String... schemes) {
    try {
      URI uri = new URI(text);
      for (String scheme : schemes) {
        if (scheme.equals(uri.getScheme()) && uri.getHost() != null) {
          return uri;
        }
      }
    } catch (URISyntaxException e) {
      // Falls through: the exception's message would show the password.
    }
    throw new ConfigException(
        key
            + place
            + " in "
            + tree.entry(key).origin()
            + " is not a URI of the form "
            + schemes[0]
            + "://user:password@host:port/name");
  }

  Optional<Path> path(String key) {
    String text = text(key);
    return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
  }

  ConfigException refuse(String key, String range) {
    ConfigTree.Entry entry = tree.entry(key);
    return new ConfigException(
        key
            + " is "
            + (entry.text().isEmpty() ? "empty" : ConfigTree.shorten(entry.text()))
            + " in "
            + entry.origin()
            + "; it must be "
            + range);
  }

  /** A duration as {@link #parseDuration} reads it; it has whole microseconds. */
  static String show(Duration duration) {
    if (duration.isZero()) {
      return "0ms";
    }
    long nanos = duration.toNanos();
    if (nanos % 1_000_000 != 0) {
      return nanos / 1_000 + "us";
    }
    long millis = nanos / 1_000_000;
    if (millis % 3_600_000 == 0) {
      return millis / 3_600_000 + "h";
    }
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }
}
