package io.sub30.trading;

import io.sub30.config.ConfigException;
import io.sub30.market.Features;
import io.sub30.market.Symbol;
import io.sub30.market.Symbols;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The strategies and risk rules of {@code strategies.yaml}, validated and compiled. Immutable; one
 * book serves every lane.
 */
public final class StrategyBook {

  /** Part of the version: raised when the same file comes to other decisions than before. */
  private static final int ENGINE = 1;

  private final List<Strategy> strategies;
  private final RiskRules rules;
  private final Map<String, SymbolPlan> plans = new HashMap<>();
  private final String version;

  private StrategyBook(Section root, Symbols symbols) {
    this.strategies = new StrategiesYaml(symbols, Vocabulary.SERVING).strategies(root);
    this.rules = RiskYaml.rules(root);
    RiskYaml.checkSymbols(root, symbols);
    StringBuilder meaning = new StringBuilder();
    meaning.append(ENGINE).append('\n').append(Features.NAMES).append('\n').append(rules);
    for (Strategy strategy : strategies) {
      meaning.append('\n').append(strategy);
    }
    for (Symbol symbol : symbols.all()) {
      RiskRules.OfSymbol own = RiskYaml.ofSymbol(root, symbol);
      List<Strategy> trading =
          strategies.stream().filter(each -> each.trades(symbol.name())).toList();
      plans.put(symbol.name(), new SymbolPlan(symbol, own, trading));
      meaning.append('\n').append(symbol).append(own);
    }
    this.version = digest(meaning.toString());
  }

  /**
   * Compiles the content of {@code conf/strategies.yaml}.
   *
   * @param symbols the instruments strategies may name
   * @throws ConfigException naming the key, its value and what would be right
   */
  public static StrategyBook parse(String yaml, Symbols symbols) {
    return new StrategyBook(StrategiesYaml.root(yaml), symbols);
  }

  /**
   * The first 16 hexadecimal digits of the SHA-256 of everything a decision depends on: compiled
   * strategies, risk rules, symbols and the order of the features. Comments and layout of the file
   * do not change it.
   */
  public String version() {
    return version;
  }

  /** The names of the strategies, in the order of the file. */
  public List<String> names() {
    return strategies.stream().map(Strategy::name).toList();
  }

  RiskRules rules() {
    return rules;
  }

  /** Null for a symbol that is not known. */
  @Nullable SymbolPlan plan(String symbol) {
    return plans.get(symbol);
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
