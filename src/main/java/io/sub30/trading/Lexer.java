package io.sub30.trading;

import java.util.ArrayList;
import java.util.List;

/** Splits an expression into tokens. */
final class Lexer {

  private static final String TWO_CHARS = "<= >= == != ";
  private static final String ONE_CHAR = "<>+-*/(),";

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private Lexer(String text) {
    this.text = text;
  }

  /**
   * @return the tokens, the last one of kind {@code END}
   * @throws ExpressionException naming the character that has no place here
   */
  static List<Token> tokens(String text) {
    Lexer lexer = new Lexer(text);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (digit(c) || c == '.') {
        number();
      } else if (letter(c)) {
        name();
      } else {
        symbol();
      }
    }
    tokens.add(new Token(Token.Kind.END, "", text.length(), 0));
  }

  private void number() {
    int from = at;
    digits();
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      digits();
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
        at++;
      }
      digits();
    }
    // "1x" or "1.2.3" is one wrong number, not two words that happen to touch.
    boolean runsOn = at < text.length() && (letter(text.charAt(at)) || text.charAt(at) == '.');
    String word = text.substring(from, runsOn ? at + 1 : at);
    double value;
    try {
      value = runsOn ? Double.NaN : Double.parseDouble(word);
    } catch (NumberFormatException e) {
      value = Double.NaN;
    }
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new ExpressionException(
          from, "'" + word + "' is no number; write it like 12, 0.5 or 1.5e-4");
    }
    tokens.add(new Token(Token.Kind.NUMBER, word, from, value));
  }

  private void digits() {
    while (at < text.length() && digit(text.charAt(at))) {
      at++;
    }
  }

  private void name() {
    int from = at;
    while (at < text.length() && (letter(text.charAt(at)) || digit(text.charAt(at)))) {
      at++;
    }
    tokens.add(new Token(Token.Kind.NAME, text.substring(from, at), from, 0));
  }

  private void symbol() {
    String two = text.substring(at, Math.min(at + 2, text.length()));
    if (two.length() == 2 && TWO_CHARS.contains(two + ' ')) {
      tokens.add(new Token(Token.Kind.SYMBOL, two, at, 0));
      at += 2;
      return;
    }
    String one = two.substring(0, 1);
    if (!ONE_CHAR.contains(one)) {
      throw new ExpressionException(at, "'" + one + "' has no meaning here" + advice(one));
    }
    tokens.add(new Token(Token.Kind.SYMBOL, one, at, 0));
    at++;
  }

  private static String advice(String one) {
    return switch (one) {
      case "=" -> "; to compare write ==";
      case "&" -> "; write and";
      case "|" -> "; write or";
      case "!" -> "; write not, or != to compare";
      default -> "";
    };
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean letter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
  }
}
