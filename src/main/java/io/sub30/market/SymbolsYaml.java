package io.sub30.market;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Turns the text of {@code symbols.yaml} into {@link Symbols}, refusing what it does not know. */
final class SymbolsYaml {

  private static final int MAX_SYMBOLS = 4_096;
  private static final Set<String> TOP = new TreeSet<>(Set.of("suffixes", "symbols"));
  private static final Set<String> FIELDS =
      new TreeSet<>(
          Set.of(
              "digits",
              "point",
              "pip",
              "typical_spread",
              "max_jump_sigma",
              "contract_size",
              "min_lot",
              "lot_step",
              "aliases"));

  private SymbolsYaml() {}

  static Symbols parse(String yaml, String version) {
    Map<?, ?> root = map("symbols.yaml", load(yaml));
    known("", root, TOP);
    var suffixes = new ArrayList<String>();
    for (String each : strings("suffixes", root.get("suffixes"))) {
      suffixes.add(pattern(each));
    }
    Map<?, ?> entries = map("symbols", root.get("symbols"));
    if (entries.isEmpty() || entries.size() > MAX_SYMBOLS) {
      throw new IllegalArgumentException(
          "symbols: has " + entries.size() + " entries but must have 1 to " + MAX_SYMBOLS);
    }
    var symbols = new LinkedHashMap<String, Symbol>();
    for (Map.Entry<?, ?> each : entries.entrySet()) {
      String name = String.valueOf(each.getKey());
      symbols.put(name, symbol(name, map("symbols." + name, each.getValue())));
    }
    return new Symbols(symbols, suffixes, version);
  }

  private static @Nullable Object load(String yaml) {
    var options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(0);
    try {
      return new Yaml(new SafeConstructor(options)).load(yaml);
    } catch (YAMLException e) {
      throw new IllegalArgumentException("symbols.yaml: not valid YAML: " + e.getMessage(), e);
    }
  }

  private static Symbol symbol(String name, Map<?, ?> fields) {
    String path = "symbols." + name;
    known(path + ".", fields, FIELDS);
    try {
      return new Symbol(
          name,
          (int) number(path, fields, "digits"),
          number(path, fields, "point"),
          number(path, fields, "pip"),
          number(path, fields, "typical_spread"),
          number(path, fields, "max_jump_sigma"),
          number(path, fields, "contract_size"),
          number(path, fields, "min_lot"),
          number(path, fields, "lot_step"),
          fields.containsKey("aliases")
              ? strings(path + ".aliases", fields.get("aliases"))
              : List.of());
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith("symbols")
          ? e
          : new IllegalArgumentException(path + ": " + message, e);
    }
  }

  private static void known(String prefix, Map<?, ?> map, Set<String> keys) {
    for (Object key : map.keySet()) {
      if (!keys.contains(String.valueOf(key))) {
        throw new IllegalArgumentException(
            "symbols.yaml: unknown key '" + prefix + key + "'; known are " + keys);
      }
    }
  }

  private static Map<?, ?> map(String path, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalArgumentException(path + ": is '" + value + "' but must be a mapping");
  }

  private static List<String> strings(String path, @Nullable Object value) {
    if (!(value instanceof List<?> list)) {
      throw new IllegalArgumentException(path + ": is '" + value + "' but must be a list of names");
    }
    var strings = new ArrayList<String>();
    for (Object each : list) {
      strings.add(String.valueOf(each));
    }
    return strings;
  }

  private static double number(String path, Map<?, ?> fields, String key) {
    Object value = fields.get(key);
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw new IllegalArgumentException(
        path + "." + key + ": is '" + value + "' but must be a number");
  }

  private static String pattern(String regex) {
    try {
      Pattern.compile(regex);
      return regex;
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "symbols.yaml: suffixes: '" + regex + "' is no regular expression: " + e.getDescription(),
          e);
    }
  }
}
