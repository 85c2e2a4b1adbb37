package io.sub30.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A configuration as flat keys ({@code http.port}) to text, each with where it came from. The
 * packaged defaults hold every key there is; what overrides them may only name those.
 */
final class ConfigTree {

  /** A value and where it was given, for messages. */
  record Entry(String text, String origin) {}

  /** Variables that are not configuration: the replay's token, and the level of the log. */
  private static final Set<String> CLIENT_VARIABLES = Set.of("SUB30_TOKEN", "SUB30_LOG_LEVEL");

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** Takes every key of the packaged defaults. */
  static ConfigTree defaults(String yaml) {
    ConfigTree tree = new ConfigTree();
    flatten(
        parse(yaml, "the packaged configuration"), "", "the packaged configuration", tree.entries);
    return tree;
  }

  /**
   * Lays a user's file over the defaults.
   *
   * @throws ConfigException for a key the defaults do not have, or what is not YAML
   */
  void overlay(String yaml, String origin) {
    Map<String, Entry> overrides = new TreeMap<>();
    flatten(parse(yaml, origin), "", origin, overrides);
    overrides.forEach(this::override);
  }

  /**
   * Lays the {@code SUB30_…} variables over what is there. those of {@link #CLIENT_VARIABLES} are
   * left alone.
   *
   * @throws ConfigException for a variable that names no key
   */
  void overlayEnvironment(Map<String, String> environment) {
    Map<String, String> keyOf = new TreeMap<>();
    entries.keySet().forEach(key -> keyOf.put(variable(key), key));
    new TreeMap<>(environment)
        .forEach(
            (name, value) -> {
              if (!name.startsWith("SUB30_") || CLIENT_VARIABLES.contains(name)) {
                return;
              }
              String key = keyOf.get(name);
              if (key == null) {
                throw new ConfigException(
                    "the environment variable "
                        + name
                        + " names no configuration key; did you mean "
                        + closest(name, keyOf)
                        + "?");
              }
              override(key, new Entry(value, "the environment variable " + name));
            });
  }

  /** Sets one key, as a command-line option does. */
  void override(String key, Entry entry) {
    if (!entries.containsKey(key)) {
      Map<String, String> known = new TreeMap<>();
      entries.keySet().forEach(k -> known.put(k, k));
      throw new ConfigException(
          "unknown key "
              + key
              + " in "
              + entry.origin()
              + "; did you mean "
              + closest(key, known)
              + "?");
    }
    entries.put(key, entry);
  }

  /** The value of a key; it exists, because the defaults have every key. */
  Entry entry(String key) {
    Entry entry = entries.get(key);
    if (entry == null) {
      throw new IllegalStateException("the packaged configuration lacks " + key);
    }
    return entry;
  }

  private static String variable(String key) {
    return "SUB30_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  private static Map<?, ?> parse(String yaml, String origin) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(0);
    options.setCodePointLimit(1 << 20);
    try {
      Object root = new Yaml(new SafeConstructor(options)).load(yaml);
      if (root == null) {
        return Map.of();
      }
      if (root instanceof Map<?, ?> map) {
        return map;
      }
      // What it holds instead is not shown: postgres.uri=… would show its password.
      throw new ConfigException(origin + " must hold keys and values, like http: {port: 8080}");
    } catch (MarkedYAMLException e) {
      throw new ConfigException(origin + " is not valid YAML: " + firstLine(e), e);
    } catch (YAMLException e) {
      // A control character, an alias, too long: these have no mark.
      throw new ConfigException(
          origin
              + " is not valid YAML: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          e);
    }
  }

  private static String firstLine(MarkedYAMLException e) {
    String at = e.getProblemMark() == null ? "" : " at line " + (e.getProblemMark().getLine() + 1);
    return e.getProblem() + at;
  }

  private static void flatten(
      @Nullable Object value, String key, String origin, Map<String, Entry> into) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (k, v) -> flatten(v, key.isEmpty() ? String.valueOf(k) : key + '.' + k, origin, into));
    } else if (value instanceof Iterable<?>) {
      throw new ConfigException(key + " in " + origin + " is a list; it must be one value");
    } else {
      into.put(key, new Entry(value == null ? "" : String.valueOf(value), origin));
    }
  }

  private static String closest(String wanted, Map<String, String> known) {
    String best = "";
    int bestDistance = Integer.MAX_VALUE;
    for (String candidate : known.keySet()) {
      int distance = distance(wanted, candidate);
      if (distance < bestDistance) {
        bestDistance = distance;
        best = candidate;
      }
    }
    return best;
  }

  /** Levenshtein's edit distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  static String shorten(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
