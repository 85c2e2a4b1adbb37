package io.sub30.trading;

import java.util.List;

/**
 * Compiles the text of an expression. The grammar, loosest binding first:
 *
 * <pre>
 * or         := and ("or" and)*
 * and        := not ("and" not)*
 * not        := "not" not | comparison
 * comparison := sum (("&lt;" | "&lt;=" | "&gt;" | "&gt;=" | "==" | "!=") sum)?
 * sum        := product (("+" | "-") product)*
 * product    := unary (("*" | "/") unary)*
 * unary      := "-" unary | primary
 * primary    := number | name | ("abs" | "min" | "max") "(" arguments ")" | "(" or ")"
 * </pre>
 *
 * Numbers and conditions are told apart when compiling: {@code rsi and 1} is refused. An expression
 * cannot loop, call out or grow beyond the limits below, so it is safe to take from a user.
 */
final class ExpressionParser {

  static final int MAX_CHARS = 1_000;
  static final int MAX_NODES = 200;
  static final int MAX_DEPTH = 24;

  private final List<Token> tokens;
  private final Vocabulary vocabulary;
  private int at;
  private int depth;
  private int nodes;

  private ExpressionParser(String text, Vocabulary vocabulary) {
    if (text.length() > MAX_CHARS) {
      throw new ExpressionException(
          MAX_CHARS,
          "the text has " + text.length() + " characters, at most " + MAX_CHARS + " are allowed");
    }
    this.tokens = Lexer.tokens(text);
    this.vocabulary = vocabulary;
  }

  /**
   * @throws ExpressionException naming the column and what is wrong there
   */
  static Condition condition(String text, Vocabulary vocabulary) {
    if (new ExpressionParser(text, vocabulary).whole() instanceof Condition condition) {
      return condition;
    }
    throw new ExpressionException(
        0, "this is a number, but a condition such as 'mid > 1' is wanted");
  }

  /**
   * @throws ExpressionException naming the column and what is wrong there
   */
  static Numeric number(String text, Vocabulary vocabulary) {
    if (new ExpressionParser(text, vocabulary).whole() instanceof Numeric numeric) {
      return numeric;
    }
    throw new ExpressionException(0, "this is a condition, but a number is wanted");
  }

  private Expression whole() {
    Expression expression = or();
    Token end = peek();
    if (end.kind() != Token.Kind.END) {
      throw new ExpressionException(
          end.position(), end.shown() + " does not continue the expression" + afterwards(end));
    }
    return expression;
  }

  private static String afterwards(Token token) {
    if ("< <= > >= == !=".contains(token.text())) {
      return "; comparisons do not chain, join two with and";
    }
    return token.is(")") ? "; there is no '(' for it" : "; an operator is missing before it";
  }

  private Expression or() {
    enter();
    Expression left = and();
    while (peek().is("or")) {
      Token operator = next();
      left = joined(operator, left, and());
    }
    depth--;
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (peek().is("and")) {
      Token operator = next();
      left = joined(operator, left, not());
    }
    return left;
  }

  private Expression joined(Token operator, Expression left, Expression right) {
    Condition a = condition(operator, left);
    Condition b = condition(operator, right);
    return counted(operator.is("or") ? new Condition.Either(a, b) : new Condition.Both(a, b));
  }

  private Expression not() {
    if (!peek().is("not")) {
      return comparison();
    }
    Token operator = next();
    enter();
    Expression negated = condition(operator, not()).negated();
    depth--;
    return negated;
  }

  private Expression comparison() {
    Expression left = sum();
    Token operator = peek();
    if (operator.kind() != Token.Kind.SYMBOL) {
      return left;
    }
    switch (operator.text()) {
      case "<", "<=", ">", ">=", "==", "!=" -> next();
      default -> {
        return left;
      }
    }
    Numeric a = numeric(operator, left);
    Numeric b = numeric(operator, sum());
    return counted(
        switch (operator.text()) {
          case "<" -> new Condition.Less(a, b);
          case "<=" -> new Condition.LessOrEqual(a, b);
          case ">" -> new Condition.Less(b, a);
          case ">=" -> new Condition.LessOrEqual(b, a);
          case "==" -> new Condition.Equal(a, b);
          default -> new Condition.Unequal(a, b);
        });
  }

  private Expression sum() {
    Expression left = product();
    while (peek().is("+") || peek().is("-")) {
      Token operator = next();
      Numeric a = numeric(operator, left);
      Numeric b = numeric(operator, product());
      left = counted(operator.is("+") ? new Numeric.Sum(a, b) : new Numeric.Difference(a, b));
    }
    return left;
  }

  private Expression product() {
    Expression left = unary();
    while (peek().is("*") || peek().is("/")) {
      Token operator = next();
      Numeric a = numeric(operator, left);
      Numeric b = numeric(operator, unary());
      left = counted(operator.is("*") ? new Numeric.Product(a, b) : new Numeric.Quotient(a, b));
    }
    return left;
  }

  private Expression unary() {
    if (!peek().is("-")) {
      return primary();
    }
    Token operator = next();
    enter();
    Numeric of = numeric(operator, unary());
    depth--;
    return counted(new Numeric.Negation(of));
  }

  private Expression primary() {
    Token token = next();
    switch (token.kind()) {
      case NUMBER -> {
        return counted(new Numeric.Constant(token.number()));
      }
      case NAME -> {
        return peek().is("(") ? call(token) : variable(token);
      }
      default -> {
        if (!token.is("(")) {
          throw new ExpressionException(
              token.position(), token.shown() + " stands where a number, a name or '(' is wanted");
        }
        Expression inner = or();
        expect(")", "to close the '(' of column " + (token.position() + 1));
        return inner;
      }
    }
  }

  private Expression call(Token function) {
    if (!function.is("abs") && !function.is("min") && !function.is("max")) {
      throw new ExpressionException(
          function.position(),
          "unknown function '" + function.text() + "'; known are abs, min, max");
    }
    next();
    Numeric first = numeric(function, or());
    Numeric result;
    if (function.is("abs")) {
      result = new Numeric.Absolute(first);
    } else {
      expect(",", "between the two arguments of " + function.text());
      Numeric second = numeric(function, or());
      result =
          function.is("min")
              ? new Numeric.Least(first, second)
              : new Numeric.Greatest(first, second);
    }
    expect(")", "to end the arguments of " + function.text());
    return counted(result);
  }

  private Expression variable(Token name) {
    if (name.is("and") || name.is("or") || name.is("not")) {
      throw new ExpressionException(
          name.position(), name.shown() + " stands where a number, a name or '(' is wanted");
    }
    int index = vocabulary.indexOf(name.text());
    if (index < 0) {
      throw new ExpressionException(
          name.position(), "unknown name '" + name.text() + "'; " + vocabulary.advice(name.text()));
    }
    return counted(new Numeric.Variable(name.text(), index));
  }

  private Numeric numeric(Token operator, Expression operand) {
    if (operand instanceof Numeric numeric) {
      return numeric;
    }
    throw new ExpressionException(
        operator.position(), operator.shown() + " wants numbers, but one side is a condition");
  }

  private Condition condition(Token operator, Expression operand) {
    if (operand instanceof Condition condition) {
      return condition;
    }
    throw new ExpressionException(
        operator.position(), operator.shown() + " wants conditions, but one side is a number");
  }

  private void expect(String symbol, String why) {
    Token token = next();
    if (!token.is(symbol)) {
      throw new ExpressionException(
          token.position(), token.shown() + " stands where '" + symbol + "' is wanted " + why);
    }
  }

  private <E extends Expression> E counted(E expression) {
    if (++nodes > MAX_NODES) {
      throw new ExpressionException(
          peek().position(), "the expression has more than " + MAX_NODES + " parts");
    }
    return expression;
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw new ExpressionException(
          peek().position(), "the expression is nested more than " + MAX_DEPTH + " deep");
    }
  }

  private Token peek() {
    return tokens.get(at);
  }

  private Token next() {
    Token token = tokens.get(at);
    if (token.kind() != Token.Kind.END) {
      at++;
    }
    return token;
  }
}
