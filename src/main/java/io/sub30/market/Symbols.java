package io.sub30.market;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The canonical symbols and the broker spellings that lead to them. Immutable but for a bounded
 * cache; safe for every thread.
 */
public final class Symbols {

  /** Longest symbol name that is looked at, characters. Longer ones are unknown. */
  public static final int MAX_NAME_CHARS = 32;

  /** Suffixed spellings remembered; beyond it they are worked out again each time. */
  static final int MAX_CACHED = 4_096;

  private final Map<String, Symbol> byName;
  private final Map<String, Symbol> bySpelling;
  private final Pattern suffix;
  private final String version;
  // Only hits are remembered, so names made up by a client cannot fill it.
  private final ConcurrentHashMap<String, Symbol> suffixed = new ConcurrentHashMap<>();

  Symbols(Map<String, Symbol> byName, Collection<String> suffixes, String version) {
    this.byName = new LinkedHashMap<>(byName);
    this.bySpelling = spellings(byName);
    var any = new ArrayList<String>();
    for (String each : suffixes) {
      any.add("(?:" + each + ")");
    }
    this.suffix = Pattern.compile(String.join("|", any));
    this.version = version;
  }

  /**
   * Reads the content of {@code conf/symbols.yaml}.
   *
   * @throws IllegalArgumentException naming the key, its value and what would be right
   */
  public static Symbols parse(String yaml) {
    return SymbolsYaml.parse(yaml, digest(yaml));
  }

  /**
   * Reads all of {@code yaml}, which stays open.
   *
   * @throws IllegalArgumentException like {@link #parse}
   */
  public static Symbols load(Reader yaml) throws IOException {
    var text = new StringWriter();
    yaml.transferTo(text);
    return parse(text.toString());
  }

  /**
   * The symbol a broker means by {@code brokerName}, or null when it is unknown. Allocates nothing
   * for names, aliases and spellings seen before.
   */
  public @Nullable Symbol resolve(String brokerName) {
    Symbol exact = bySpelling.get(brokerName);
    if (exact != null) {
      return exact;
    }
    Symbol seen = suffixed.get(brokerName);
    return seen != null ? seen : resolveSuffixed(brokerName);
  }

  /** The symbol of this canonical name, or null. */
  public @Nullable Symbol canonical(String name) {
    return byName.get(name);
  }

  /** Every symbol, in the order of the file. */
  public Collection<Symbol> all() {
    return Collections.unmodifiableCollection(byName.values());
  }

  /**
   * The first 16 hexadecimal digits of the SHA-256 of the file: says which table a result was made
   * with.
   */
  public String version() {
    return version;
  }

  private @Nullable Symbol resolveSuffixed(String brokerName) {
    if (brokerName.length() > MAX_NAME_CHARS) {
      return null;
    }
    int longest = 0;
    Symbol found = null;
    for (Map.Entry<String, Symbol> each : bySpelling.entrySet()) {
      String base = each.getKey();
      // The longest base wins: an alias may itself begin with another symbol's name.
      if (base.length() > longest
          && brokerName.startsWith(base)
          && suffix.matcher(brokerName).region(base.length(), brokerName.length()).matches()) {
        longest = base.length();
        found = each.getValue();
      }
    }
    if (found != null && suffixed.size() < MAX_CACHED) {
      suffixed.put(brokerName, found);
    }
    return found;
  }

  private static Map<String, Symbol> spellings(Map<String, Symbol> byName) {
    var spellings = new LinkedHashMap<String, Symbol>();
    for (Symbol symbol : byName.values()) {
      add(spellings, symbol.name(), symbol);
      for (String alias : symbol.aliases()) {
        if (alias.contains("%d")) {
          for (char digit = '0'; digit <= '9'; digit++) {
            add(spellings, alias.replace("%d", String.valueOf(digit)), symbol);
          }
        } else {
          add(spellings, alias, symbol);
        }
      }
    }
    return spellings;
  }

  private static void add(Map<String, Symbol> spellings, String name, Symbol symbol) {
    Symbol other = spellings.putIfAbsent(name, symbol);
    if (other != null) {
      throw new IllegalArgumentException(
          "symbols: the name '"
              + name
              + "' stands for both "
              + other.name()
              + " and "
              + symbol.name());
    }
  }

  private static String digest(String yaml) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(yaml.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
