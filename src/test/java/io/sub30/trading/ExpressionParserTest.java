package io.sub30.trading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionParserTest {

  /** The frame is x, y, z and then whatever the vocabulary adds. */
  private static final Vocabulary WORDS = new Vocabulary(List.of("x", "y", "rsi_14"));

  private static double[] frame(double x, double y) {
    double[] frame = new double[WORDS.frameSize()];
    frame[0] = x;
    frame[1] = y;
    return frame;
  }

  private static double number(String text, double x, double y) {
    return ExpressionParser.number(text, WORDS).value(frame(x, y));
  }

  private static boolean holds(String text, double x, double y) {
    return ExpressionParser.condition(text, WORDS).holds(frame(x, y));
  }

  @ParameterizedTest
  @CsvSource({
    "1 + 2 * 3, 7",
    "(1 + 2) * 3, 9",
    "10 - 4 - 3, 3",
    "24 / 4 / 2, 3",
    "-2 * 3, -6",
    "2 - -3, 5",
    "--2, 2",
    "-(1 + 2), -3",
    "1.5e-1 * 10, 1.5",
    ".5 + 1., 1.5",
    "abs(-3) + abs(2), 5",
    "'min(3, 1 + 1)', 2",
    "'max(3, -4)', 3",
    "2 * x + y, 25",
  })
  void number_arithmetic_bindsAsUsual(String text, double expected) {
    assertThat(number(text, 10, 5)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "x < 10, false",
    "x <= 10, true",
    "x > 10, false",
    "x >= 10, true",
    "x == 10, true",
    "x != 10, false",
    "x > 1 + y, true",
    "x < 1 or y > 1 and x < 1, false",
    "x > 1 or y > 9 and x < 1, true",
    "(x > 1 or y > 9) and x < 1, false",
    "not x < 1 and y > 9, false",
    "not (x < 1 and y > 9), true",
    "not not x > 1, true",
    "(x) > (1), true",
  })
  void condition_operators_bindAsUsual(String text, boolean expected) {
    assertThat(holds(text, 10, 5)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "x < 1",
    "x <= 1",
    "x > 1",
    "x >= 1",
    "x == 1",
    "x != 1",
    "x == x",
    "x != x",
    "not x < 1",
    "not x <= 1",
    "not x > 1",
    "not x >= 1",
    "not x == 1",
    "not x != 1",
    "not (x > 1 or x < 1)",
    "not (x > 1 and y > 9)",
    "y / 0 > 0",
    "not y / 0 > 0",
    "-y / 0 < 0",
    "0 / 0 == 0",
    "abs(x) > 0",
    "'min(x, y) > 0'",
    "'max(x, y) > 0'",
  })
  void condition_valueMissing_neverHolds(String text) {
    assertThat(holds(text, Double.NaN, 100)).isFalse();
  }

  @Test
  void condition_missingValueBesideKnownOne_isDecidedByTheKnownOne() {
    assertThat(holds("x > 1 or y > 1", Double.NaN, 5)).isTrue();
    assertThat(holds("not (x > 1 and y > 9)", Double.NaN, 5)).isTrue();
    assertThat(holds("not (x > 1 or y > 1)", Double.NaN, 5)).isFalse();
  }

  @Test
  void number_divisionByZero_hasNoValue() {
    assertThat(number("1 / (x - 10)", 10, 0)).isNaN();
    assertThat(number("0 / -0.0", 10, 0)).isNaN();
    assertThat(number("x / 4", 10, 0)).isEqualTo(2.5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "x > 1 and rsi_15 < 30 ~ column 11 ~ unknown name 'rsi_15'; close ones are rsi_14",
        "x > p_exceed ~ column 5 ~ close ones are p_exceeds_cost",
        "x > QQQQQQQQ ~ column 5 ~ known are x, y, rsi_14",
        "x > ~ column 4 ~ the end stands where a number, a name or '(' is wanted",
        "x > and ~ column 5 ~ 'and' stands where",
        "(x > 1 ~ column 7 ~ ')' is wanted to close the '(' of column 1",
        "x > 1) ~ column 6 ~ there is no '(' for it",
        "1 < x < 2 ~ column 7 ~ comparisons do not chain",
        "x = 1 ~ column 3 ~ to compare write ==",
        "x > 1 && y > 1 ~ column 7 ~ write and",
        "x > 1 || y > 1 ~ column 7 ~ write or",
        "!(x > 1) ~ column 1 ~ write not",
        "x > 1 y ~ column 7 ~ an operator is missing before it",
        "x > 1x ~ column 5 ~ '1x' is no number",
        "x > 1.2.3 ~ column 5 ~ is no number",
        "x > 1e ~ column 5 ~ is no number",
        "x > 1e999 ~ column 5 ~ is no number",
        "x > . ~ column 5 ~ is no number",
        "x and y > 1 ~ column 3 ~ 'and' wants conditions, but one side is a number",
        "not x ~ column 1 ~ 'not' wants conditions",
        "(x > 1) + 1 > 2 ~ column 9 ~ '+' wants numbers, but one side is a condition",
        "(x > 1) == (y > 1) ~ column 9 ~ '==' wants numbers",
        "-(x > 1) > 1 ~ column 1 ~ '-' wants numbers",
        "x + 1 ~ column 1 ~ this is a number, but a condition",
        "sqrt(x) > 1 ~ column 1 ~ unknown function 'sqrt'; known are abs, min, max",
        "min(x) > 1 ~ column 6 ~ ',' is wanted between the two arguments of min",
        "abs(x, y) > 1 ~ column 6 ~ ')' is wanted to end the arguments of abs",
        "x > $ ~ column 5 ~ '$' has no meaning here",
      })
  void condition_malformed_isRefusedWithColumnAndAdvice(String text, String column, String advice) {
    assertThatThrownBy(() -> ExpressionParser.condition(text, WORDS))
        .isInstanceOf(ExpressionException.class)
        .hasMessageStartingWith(column + ":")
        .hasMessageContaining(advice);
  }

  @Test
  void condition_empty_isRefused() {
    assertThatThrownBy(() -> ExpressionParser.condition("", WORDS))
        .hasMessageContaining("column 1: the end stands where");
  }

  @Test
  void number_condition_isRefused() {
    assertThatThrownBy(() -> ExpressionParser.number("x > 1", WORDS))
        .hasMessageContaining("this is a condition, but a number is wanted");
  }

  @Test
  void number_atTheLimits_compilesAndBeyondThemIsRefused() {
    int operands = (ExpressionParser.MAX_NODES + 1) / 2;
    String widest = "1" + "+1".repeat(operands - 1);
    assertThat(number(widest, 0, 0)).isEqualTo(operands);
    assertThatThrownBy(() -> number(widest + "+1", 0, 0))
        .hasMessageContaining("more than 200 parts");

    int parentheses = ExpressionParser.MAX_DEPTH - 1;
    String deepest = "(".repeat(parentheses) + "1" + ")".repeat(parentheses);
    assertThat(number(deepest, 0, 0)).isEqualTo(1);
    assertThatThrownBy(() -> number("(" + deepest + ")", 0, 0))
        .hasMessageContaining("nested more than 24");
    assertThatThrownBy(() -> number("-".repeat(900) + "1", 0, 0)).hasMessageContaining("nested");
    assertThatThrownBy(() -> holds("not ".repeat(200) + "x > 1", 0, 0))
        .hasMessageContaining("nested");

    String longest = "1" + " ".repeat(ExpressionParser.MAX_CHARS - 1);
    assertThat(number(longest, 0, 0)).isEqualTo(1);
    assertThatThrownBy(() -> number(longest + " ", 0, 0)).hasMessageContaining("at most 1000");
  }

  @Test
  void reads_predictionName_isFoundWhereverItStands() {
    int from = WORDS.predictionIndex();
    int to = WORDS.frameSize();
    assertThat(ExpressionParser.condition("x > 1 and -abs(p_up) < 0", WORDS).reads(from, to))
        .isTrue();
    assertThat(ExpressionParser.number("max(1, 2 * volatility)", WORDS).reads(from, to)).isTrue();
    assertThat(ExpressionParser.condition("not (spread > 1 or x > 1)", WORDS).reads(from, to))
        .isFalse();
  }

  @Property(tries = 300)
  void condition_canonicalText_compilesToTheSame(@ForAll("conditions") String text) {
    Condition compiled = ExpressionParser.condition(text, WORDS);
    Condition again = ExpressionParser.condition(compiled.toString(), WORDS);
    assertThat(again.toString()).isEqualTo(compiled.toString());
    for (double x : new double[] {-1, 0, 3, Double.NaN}) {
      assertThat(again.holds(frame(x, 2))).isEqualTo(compiled.holds(frame(x, 2)));
    }
  }

  @Property(tries = 300)
  void condition_arbitraryText_isCompiledOrRefusedCleanly(@ForAll("noise") String text) {
    try {
      ExpressionParser.condition(text, WORDS).holds(frame(1, 2));
    } catch (ExpressionException e) {
      assertThat(e).hasMessageStartingWith("column ");
    }
  }

  @Provide
  Arbitrary<String> conditions() {
    Arbitrary<String> leaf = Arbitraries.of("x", "y", "2", "0.5", "abs(x)", "x / y", "min(x, 1)");
    Arbitrary<String> sum =
        leaf.list().ofMinSize(1).ofMaxSize(3).map(parts -> String.join(" - ", parts));
    Arbitrary<String> comparison =
        Combinators.combine(sum, Arbitraries.of("<", "<=", ">", ">=", "==", "!="), sum)
            .as((a, operator, b) -> a + ' ' + operator + ' ' + b);
    return Combinators.combine(
            comparison, Arbitraries.of(" and ", " or ", " and not "), comparison, comparison)
        .as((a, operator, b, c) -> a + operator + '(' + b + " or not (" + c + "))");
  }

  @Provide
  Arbitrary<String> noise() {
    return Arbitraries.of(
            "x", "y", "(", ")", "and", "or", "not", "<", ">=", "-", "*", "1", "min", ",", "$", " ")
        .list()
        .ofMaxSize(30)
        .map(words -> String.join(" ", words));
  }
}
