package io.sub30.trading;

import io.sub30.config.ConfigException;
import io.sub30.market.Symbol;
import io.sub30.market.Symbols;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads and compiles the strategies of {@code strategies.yaml}. */
final class StrategiesYaml {

  static final int MAX_STRATEGIES = 64;
  private static final int MAX_CHARS = 1_000_000;
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,47}");
  private static final Set<String> KEYS =
      Set.of(
          "name",
          "symbols",
          "hours",
          "needs_prediction",
          "buy",
          "sell",
          "confidence",
          "stop",
          "target",
          "size");

  private final Symbols known;
  private final Vocabulary vocabulary;

  StrategiesYaml(Symbols known, Vocabulary vocabulary) {
    this.known = known;
    this.vocabulary = vocabulary;
  }

  /** The file's top mapping. */
  static Section root(String yaml) {
    var options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(0);
    options.setCodePointLimit(MAX_CHARS);
    Object loaded;
    try {
      loaded = new Yaml(new SafeConstructor(options)).load(yaml);
    } catch (YAMLException e) {
      throw new ConfigException(Section.FILE + ": not valid YAML: " + e.getMessage(), e);
    }
    if (!(loaded instanceof Map<?, ?>)) {
      throw Section.wrong("the file", loaded, "a mapping with risk and strategies");
    }
    return Section.of("", loaded, Set.of("risk", "strategies"));
  }

  /** The strategies in the order of the file. */
  List<Strategy> strategies(Section root) {
    if (!(root.raw("strategies") instanceof List<?> list)
        || list.isEmpty()
        || list.size() > MAX_STRATEGIES) {
      throw Section.wrong(
          "strategies", root.raw("strategies"), "a list of 1 to " + MAX_STRATEGIES + " strategies");
    }
    var strategies = new ArrayList<Strategy>();
    var names = new HashSet<String>();
    for (int i = 0; i < list.size(); i++) {
      Section section = Section.of("strategies[" + i + "]", list.get(i), KEYS);
      Strategy strategy = strategy(section);
      if (!names.add(strategy.name())) {
        throw Section.wrong(section.at("name"), strategy.name(), "unlike every other name");
      }
      strategies.add(strategy);
    }
    return strategies;
  }

  private Strategy strategy(Section section) {
    String name = section.text("name", "a name such as volatility_breakout");
    if (!NAME.matcher(name).matches()) {
      throw Section.wrong(section.at("name"), name, "of a-z, 0-9 and _, at most 48 characters");
    }
    if (!section.has("buy") && !section.has("sell")) {
      throw Section.wrong(section.at("buy"), null, "given, or sell, or both");
    }
    Condition buy = condition(section, "buy");
    Condition sell = condition(section, "sell");
    Numeric confidence = number(section, "confidence");
    Numeric stop = number(section, "stop");
    Numeric target = number(section, "target");
    boolean reads = false;
    for (Expression each : List.of(buy, sell, confidence, stop, target)) {
      reads |= each.reads(vocabulary.predictionIndex(), vocabulary.frameSize());
    }
    boolean needs = section.flag("needs_prediction", reads);
    if (reads && !needs) {
      throw Section.wrong(
          section.at("needs_prediction"),
          false,
          "true, because an expression reads the prediction");
    }
    Strategy strategy =
        new Strategy(
            name,
            symbols(section),
            section.has("hours") ? section.hours("hours") : Hours.ALWAYS,
            needs,
            buy,
            sell,
            confidence,
            stop,
            target,
            size(section));
    checkSize(section, strategy);
    return strategy;
  }

  private List<String> symbols(Section section) {
    String right = "'*' or a list of canonical names of symbols.yaml: " + names(known);
    if ("*".equals(section.raw("symbols"))) {
      return List.of();
    }
    List<String> symbols = section.texts("symbols", right);
    for (String symbol : symbols) {
      if (known.canonical(symbol) == null) {
        throw Section.wrong(section.at("symbols"), symbol, right);
      }
    }
    return symbols;
  }

  static String names(Symbols known) {
    return known.all().stream().map(Symbol::name).limit(40).collect(Collectors.joining(", "));
  }

  private Condition condition(Section section, String key) {
    return section.has(key)
        ? compiled(section, key, "a condition such as 'mid > 1'", ExpressionParser::condition)
        : new Condition.Never();
  }

  private Numeric number(Section section, String key) {
    return compiled(section, key, "a number or an expression of one", ExpressionParser::number);
  }

  private <E> E compiled(
      Section section, String key, String right, BiFunction<String, Vocabulary, E> compiler) {
    String text = section.text(key, right);
    try {
      return compiler.apply(text, vocabulary);
    } catch (ExpressionException e) {
      throw new ConfigException(
          Section.FILE
              + ": "
              + section.at(key)
              + ": '"
              + shortened(text)
              + "' at "
              + e.getMessage(),
          e);
    }
  }

  private static String shortened(String text) {
    return text.length() <= 120 ? text : text.substring(0, 117) + "...";
  }

  private static Sizing size(Section section) {
    Section size = section.section("size", Set.of("lots", "risk", "max_lots"));
    if (size.has("lots") == size.has("risk") || size.has("lots") && size.has("max_lots")) {
      throw Section.wrong(
          section.at("size"), size.values(), "either {lots: 0.1} or {risk: 50, max_lots: 1.0}");
    }
    if (size.has("lots")) {
      return new Sizing.Fixed(Lots.units(size.number("lots", Lots.UNIT, Lots.MAX_LOTS)));
    }
    return new Sizing.AtRisk(
        size.number("risk", 1e-6, 1e9),
        Lots.units(size.number("max_lots", Lots.UNIT, Lots.MAX_LOTS)));
  }

  /** A size no order can have would only show as a HOLD, at the worst moment. */
  private void checkSize(Section section, Strategy strategy) {
    double most = Lots.lots(strategy.size().maxUnits());
    for (Symbol symbol : known.all()) {
      if (strategy.trades(symbol.name()) && most < symbol.minLot()) {
        throw Section.wrong(
            section.at("size"),
            most + " lots at most",
            "at least " + symbol.minLot() + ", the smallest order of " + symbol.name());
      }
    }
  }
}
