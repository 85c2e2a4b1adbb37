package io.sub30.trading;

/**
 * A word of an expression.
 *
 * @param position in the text, from 0
 * @param number of a {@link Kind#NUMBER}, else 0
 */
record Token(Kind kind, String text, int position, double number) {

  enum Kind {
    NUMBER,
    NAME,
    SYMBOL,
    END
  }

  boolean is(String other) {
    return kind != Kind.NUMBER && kind != Kind.END && text.equals(other);
  }

  /** As an error message names it. */
  String shown() {
    return kind == Kind.END ? "the end" : "'" + text + "'";
  }
}
