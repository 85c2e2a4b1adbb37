package io.sub30.trading;

import io.sub30.config.ConfigException;
import io.sub30.market.Symbol;
import io.sub30.market.Symbols;
import java.util.Map;
import java.util.Set;

/** Reads the {@code risk} part of {@code strategies.yaml}. */
final class RiskYaml {

  private static final long DAY_MILLIS = 86_400_000;
  private static final Set<String> KEYS =
      Set.of(
          "kill_switch",
          "min_confidence",
          "cooldown",
          "max_signals_a_minute",
          "max_open_signals",
          "exposure",
          "staleness",
          "spread",
          "hours",
          "symbols");
  private static final Set<String> SPREAD_KEYS = Set.of("max_typical_multiple", "max_bps");
  private static final Set<String> SYMBOL_KEYS = Set.of("hours", "max_typical_multiple", "max_bps");

  private RiskYaml() {}

  static RiskRules rules(Section root) {
    Section risk = root.section("risk", KEYS);
    Section exposure =
        risk.section("exposure", Set.of("horizon", "max_lots_symbol", "max_lots_total"));
    Section staleness =
        risk.section("staleness", Set.of("max_age", "live_within", "max_prediction_age"));
    RiskRules rules =
        new RiskRules(
            risk.flag("kill_switch", false),
            risk.number("min_confidence", 0, 1),
            risk.millis("cooldown", 7 * DAY_MILLIS),
            risk.whole("max_signals_a_minute", 1, SignalLog.CAPACITY),
            risk.whole("max_open_signals", 1, SignalLog.CAPACITY),
            new RiskRules.Exposure(
                exposure.millis("horizon", 7 * DAY_MILLIS),
                Lots.units(exposure.number("max_lots_symbol", Lots.UNIT, Lots.MAX_LOTS)),
                Lots.units(exposure.number("max_lots_total", Lots.UNIT, Lots.MAX_LOTS))),
            new RiskRules.Staleness(
                staleness.millis("max_age", DAY_MILLIS),
                staleness.millis("live_within", 365 * DAY_MILLIS),
                staleness.millis("max_prediction_age", DAY_MILLIS)));
    long least = Math.max(RiskRules.MINUTE_MILLIS, rules.cooldownMillis());
    if (rules.exposure().horizonMillis() < least) {
      // Signals beyond the horizon are not looked at, so neither cooldown nor rate may reach past
      // it.
      throw Section.wrong(
          exposure.at("horizon"),
          exposure.raw("horizon"),
          "at least a minute and at least risk.cooldown, " + least / 1_000 + "s");
    }
    return rules;
  }

  /** The rules of one symbol: those of the file, as far as the symbol has none of its own. */
  static RiskRules.OfSymbol ofSymbol(Section root, Symbol symbol) {
    Section risk = root.section("risk", KEYS);
    Section spread = risk.section("spread", SPREAD_KEYS);
    Section own = new Section(risk.at("symbols." + symbol.name()), Map.of());
    if (risk.raw("symbols") instanceof Map<?, ?> symbols && symbols.containsKey(symbol.name())) {
      own = Section.of(own.path(), symbols.get(symbol.name()), SYMBOL_KEYS);
    }
    Section typical = own.has("max_typical_multiple") ? own : spread;
    Section bps = own.has("max_bps") ? own : spread;
    return new RiskRules.OfSymbol(
        (own.has("hours") ? own : risk).hours("hours"),
        typical.number("max_typical_multiple", 0.1, 1_000) * symbol.typicalSpread(),
        bps.number("max_bps", 0.01, 10_000));
  }

  /**
   * @throws ConfigException when rules are given for a symbol that is not known
   */
  static void checkSymbols(Section root, Symbols known) {
    Section risk = root.section("risk", KEYS);
    if (!risk.has("symbols")) {
      return;
    }
    if (!(risk.raw("symbols") instanceof Map<?, ?> symbols)) {
      throw Section.wrong(risk.at("symbols"), risk.raw("symbols"), "a mapping of symbols");
    }
    for (Object name : symbols.keySet()) {
      if (known.canonical(String.valueOf(name)) == null) {
        throw Section.wrong(
            risk.at("symbols"),
            name,
            "keyed by canonical names of symbols.yaml: " + StrategiesYaml.names(known));
      }
    }
  }
}
