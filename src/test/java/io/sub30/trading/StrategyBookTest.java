package io.sub30.trading;

import static io.sub30.trading.Fixtures.RISK;
import static io.sub30.trading.Fixtures.STRATEGY;
import static io.sub30.trading.Fixtures.SYMBOLS;
import static io.sub30.trading.Fixtures.book;
import static io.sub30.trading.Fixtures.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.config.ConfigException;
import io.sub30.market.Symbols;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrategyBookTest {

  private static SymbolPlan plan(StrategyBook book) {
    return Objects.requireNonNull(book.plan("EURUSD"));
  }

  @Test
  void parse_shippedFile_compilesAgainstTheShippedSymbols() throws IOException {
    Symbols symbols = Symbols.parse(Files.readString(Path.of("conf/symbols.yaml")));
    StrategyBook book =
        StrategyBook.parse(Files.readString(Path.of("conf/strategies.yaml")), symbols);
    assertThat(book.names()).containsExactly("volatility_breakout", "overlap_reversion");
    assertThat(plan(book).strategies)
        .extracting(Strategy::needsPrediction)
        .containsExactly(true, false);
    assertThat(book.rules().killSwitch()).isFalse();
  }

  @Test
  void version_sameMeaning_isTheSameAndOtherMeaningAnother() {
    String version = book(STRATEGY).version();
    assertThat(version).matches("[0-9a-f]{16}");
    assertThat(
            StrategyBook.parse(
                    "# said differently\n"
                        + RISK
                        + "strategies:\n"
                        + STRATEGY.replace("rsi > 0.7", "(rsi  >  0.70)"),
                    SYMBOLS)
                .version())
        .isEqualTo(version);
    Symbols finer =
        Symbols.parse(
            "suffixes: []\nsymbols: {EURUSD: {digits: 4, point: 0.00001, pip: 0.0001,"
                + " typical_spread: 0.0001, max_jump_sigma: 30, contract_size: 100000,"
                + " min_lot: 0.01, lot_step: 0.01}}");
    String noOverride = yaml(STRATEGY).replaceAll("(?s)  symbols:\n    USDJPY.*", "");
    assertThat(
            Set.of(
                version,
                book(STRATEGY.replace("0.7", "0.71")).version(),
                book(STRATEGY.replace("plain", "other")).version(),
                book(STRATEGY.replace("{lots: 0.1}", "{lots: 0.2}")).version(),
                StrategyBook.parse(yaml(STRATEGY).replace("5m", "6m"), SYMBOLS).version(),
                StrategyBook.parse(yaml(STRATEGY).replace("08:00-17:00", "08:00-16:00"), SYMBOLS)
                    .version(),
                StrategyBook.parse(noOverride, SYMBOLS).version(),
                StrategyBook.parse(noOverride, finer).version()))
        .hasSize(8);
  }

  @Test
  void parse_predictionRead_isNeededEvenWhenNotSaid() {
    StrategyBook reads = book(STRATEGY.replace("20 * pip", "2 * volatility * mid"));
    assertThat(plan(reads).strategies.get(0).needsPrediction()).isTrue();
    assertThat(plan(book(STRATEGY)).strategies.get(0).needsPrediction()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rsi > 0.7 | rsii > 0.7 | strategies[0].buy: 'rsii > 0.7' at column 1: unknown name 'rsii';"
            + " close ones are rsi",
        "buy: rsi > 0.7 | buy: 1 | strategies[0].buy: '1' at column 1: this is a number",
        "symbols: '*' | symbols: [EURUSD, EURGBP] | strategies[0].symbols is 'EURGBP' but must be"
            + " '*' or a list of canonical names of symbols.yaml: EURUSD, USDJPY",
        "symbols: '*' | symbols: [] | strategies[0].symbols is '[]' but must be '*' or a list",
        "name: plain | name: Plain! | strategies[0].name is 'Plain!' but must be of a-z",
        "name: plain | title: x | unknown key strategies[0].title; known are [buy, confidence",
        "stop: 20 * pip | '' | strategies[0].stop is missing but must be a number or an expression",
        "size: {lots: 0.1} | size: {lots: 0.1, risk: 5} | but must be either {lots: 0.1} or {risk:"
            + " 50, max_lots: 1.0}",
        "size: {lots: 0.1} | size: {risk: 5} | strategies[0].size.max_lots is missing but must be a"
            + " number",
        "size: {lots: 0.1} | size: {lots: 0.09} | but must be at least 0.1, the smallest order of"
            + " USDJPY",
        "size: {lots: 0.1} | size: {lots: -1} | strategies[0].size.lots is '-1' but must be a"
            + " number from 1.0E-8 to 1000000",
        "size: {lots: 0.1} | size: 0.1 | strategies[0].size is '0.1' but must be a mapping",
        "buy: rsi > 0.7 | hours: ['8-12'] | strategies[0].hours: '8-12' is no window; write always",
        "buy: rsi > 0.7 | needs_prediction: maybe | strategies[0].needs_prediction is 'maybe' but"
            + " must be true or false",
        "min_confidence: 0.5 | min_confidence: 1.1 | risk.min_confidence is '1.1' but must be a"
            + " number from 0 to 1",
        "min_confidence: 0.5 | '' | risk.min_confidence is missing but must be a number",
        "cooldown: 5m | cooldown: 5 | risk.cooldown is '5' but must be a duration such as 500ms",
        "cooldown: 5m | cooldown: 2h | risk.exposure.horizon is '1h' but must be at least a minute"
            + " and at least risk.cooldown, 7200s",
        "horizon: 1h | horizon: 59s | risk.exposure.horizon is '59s' but must be at least a minute",
        "max_open_signals: 4 | max_open_signals: 257 | risk.max_open_signals is '257' but must be a"
            + " whole number from 1 to 256",
        "max_signals_a_minute: 3 | max_signals_a_minute: 0 | must be a whole number from 1 to 256",
        "max_bps: 5 | max_bps: .nan | risk.spread.max_bps is 'NaN' but must be a number from 0.01",
        "max_lots_total: 0.5 | max_lots_total: 1000001 | must be a number from 1.0E-8 to 1000000",
        "USDJPY: {hours | USDJPI: {hours | risk.symbols is 'USDJPI' but must be keyed by canonical"
            + " names",
        "hours: [always], | lots: 3, | unknown key risk.symbols.USDJPY.lots; known are [hours,"
            + " max_bps",
        "risk: | risks: | unknown key risks; known are [risk, strategies]",
        "cooldown: 5m | min_confidence: 0.4 | not valid YAML",
      })
  void parse_wrongValue_isRefusedNamingKeyValueAndWhatIsRight(
      String right, String wrong, String message) {
    String yaml = yaml(STRATEGY);
    assertThat(yaml).contains(right);
    assertThatThrownBy(() -> StrategyBook.parse(yaml.replace(right, wrong), SYMBOLS))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("strategies.yaml: ")
        .hasMessageContaining(message);
  }

  @Test
  void parse_predictionReadButDeclinedOrTwins_isRefused() {
    assertThatThrownBy(
            () -> book(STRATEGY.replace("rsi > 0.7", "p_up > 1\n    needs_prediction: false")))
        .hasMessageContaining(
            "needs_prediction is 'false' but must be true, because an expression");
    assertThatThrownBy(() -> book(STRATEGY + STRATEGY))
        .hasMessageContaining("strategies[1].name is 'plain' but must be unlike every other name");
    assertThatThrownBy(() -> book(STRATEGY.replace("buy:", "#").replace("sell:", "#")))
        .hasMessageContaining("strategies[0].buy is missing but must be given, or sell, or both");
  }

  @ParameterizedTest
  @CsvSource({"''", "hello", "[1]", "'strategies: []\nrisk: {}'", "'a: &a [*a]'", "'{'"})
  void parse_noMapping_isRefused(String yaml) {
    assertThatThrownBy(() -> StrategyBook.parse(yaml, SYMBOLS))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("strategies.yaml: ");
  }

  @Test
  void parse_tooManyStrategies_isRefused() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < StrategiesYaml.MAX_STRATEGIES; i++) {
      many.append(STRATEGY.replace("plain", "s" + i));
    }
    assertThat(book(many.toString()).names()).hasSize(StrategiesYaml.MAX_STRATEGIES);
    assertThatThrownBy(() -> book(many + STRATEGY))
        .hasMessageContaining("must be a list of 1 to 64");
  }
}
