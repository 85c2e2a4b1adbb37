package io.sub30.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

public class SymbolsTest {

  private static final String ONE =
      """
      suffixes: ['m', '[.][a-z]{1,3}']
      symbols:
        EURUSD: {digits: 5, point: 0.00001, pip: 0.0001, typical_spread: 0.0001, max_jump_sigma: 30,
                 contract_size: 100000, min_lot: 0.01, lot_step: 0.01, aliases: ['@EU%d']}
      """;

  /** The table the jar carries. */
  public static Symbols shipped() {
    try (var in = SymbolsTest.class.getResourceAsStream("/conf/symbols.yaml");
        var reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      return Symbols.load(reader);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void load_shippedFile_hasTheInstruments() {
    assertThat(shipped().all())
        .extracting(Symbol::name)
        .containsExactly(
            "EURUSD", "GBPUSD", "USDJPY", "USDCHF", "AUDUSD", "USDCAD", "NZDUSD", "XAUUSD",
            "BTCUSD");
  }

  @ParameterizedTest
  @CsvSource({
    "EURUSD,EURUSD",
    "EURUSD.m,EURUSD",
    "GBPUSDm,GBPUSD",
    "EURUSD.£,EURUSD",
    "@EU6,EURUSD",
    "eurusd,EURUSD",
    "EURUSD_ecn,EURUSD",
    "XAUUSD.pro,XAUUSD",
    "GOLD,XAUUSD",
    "USDJPY+,USDJPY",
    "EUR/USD,EURUSD"
  })
  void resolve_brokerSpelling_findsTheSymbol(String spelling, String name) {
    Symbols symbols = shipped();
    assertThat(symbols.resolve(spelling)).isSameAs(symbols.canonical(name)).isNotNull();
    assertThat(symbols.resolve(spelling)).as("seen before").isSameAs(symbols.canonical(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "EUR",
        "EURUSDGBP",
        "XEURUSD",
        "EURUSD.abcdefghi",
        "@EUX",
        "EURUSD.m\n",
        "DOGE"
      })
  void resolve_otherNames_isNull(String name) {
    assertThat(shipped().resolve(name)).isNull();
  }

  @Test
  void resolve_nameBeyondTheLimit_isNull() {
    Symbols symbols = Symbols.parse(ONE.replace("[a-z]{1,3}", "[a-z]*"));
    String atLimit = "EURUSD." + "a".repeat(Symbols.MAX_NAME_CHARS - 7);
    assertThat(symbols.resolve(atLimit)).isNotNull();
    assertThat(symbols.resolve(atLimit + "a")).isNull();
  }

  @Test
  void version_otherContent_differs() {
    assertThat(Symbols.parse(ONE).version()).hasSize(16).isEqualTo(Symbols.parse(ONE).version());
    assertThat(Symbols.parse(ONE + "\n# more").version())
        .isNotEqualTo(Symbols.parse(ONE).version());
  }

  @Test
  void parse_unknownKey_isRefusedNamingTheKnown() {
    assertThatThrownBy(() -> Symbols.parse(ONE.replace("digits:", "digit:")))
        .hasMessageContaining("symbols.EURUSD.digit")
        .hasMessageContaining("digits");
    assertThatThrownBy(() -> Symbols.parse("extra: 1\n" + ONE)).hasMessageContaining("'extra'");
  }

  @Test
  void parse_valueOutOfRange_isRefusedNamingKeyAndValue() {
    assertThatThrownBy(() -> Symbols.parse(ONE.replace("point: 0.00001", "point: 0")))
        .hasMessage("symbols.EURUSD: point is 0.0 but must be above 0");
    assertThatThrownBy(() -> Symbols.parse(ONE.replace("digits: 5", "digits: 11")))
        .hasMessageContaining("digits is 11");
    assertThatThrownBy(() -> Symbols.parse(ONE.replace("digits: 5", "digits: five")))
        .hasMessage("symbols.EURUSD.digits: is 'five' but must be a number");
    assertThatThrownBy(() -> Symbols.parse(ONE.replace("digits: 5, ", "")))
        .hasMessageContaining("symbols.EURUSD.digits: is 'null'");
    assertThatThrownBy(() -> Symbols.parse(ONE.replace("['m'", "['['")))
        .hasMessageContaining("'['");
  }

  @Test
  void parse_oneNameForTwoSymbols_isRefused() {
    String second = ONE.substring(ONE.indexOf("  EURUSD")).replace("EURUSD", "GBPUSD");
    assertThatThrownBy(() -> Symbols.parse(ONE + second))
        .hasMessageContaining("both EURUSD and GBPUSD");
  }

  @Test
  void parse_notYamlOrDuplicateKeys_isRefused() {
    assertThatThrownBy(() -> Symbols.parse("a: [")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Symbols.parse("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Symbols.parse(ONE + ONE)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Symbols.parse("suffixes: !!java.net.URL [http://x]\nsymbols: {}"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
