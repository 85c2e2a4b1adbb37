package io.sub30.trading;

/**
 * An expression that cannot be compiled. The message names the column, what stands there and what
 * would be right.
 */
final class ExpressionException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /**
   * @param position in the text, from 0
   */
  ExpressionException(int position, String message) {
    super("column " + (position + 1) + ": " + message, null, false, false);
  }
}
