package io.sub30.gateway.text;

/**
 * The names a client may choose, in one place, so that a token, a batch and a query agree on them.
 *
 * <p>Hand-written loops: they run for every batch, and a regular expression would allocate a
 * matcher each time.
 */
public final class Identifiers {
  /** Longest tenant name, characters. */
  static final int MAX_TENANT_LENGTH = 64;

  /** Longest terminal id, characters. */
  static final int MAX_TERMINAL_LENGTH = 64;

  /** Longest symbol, UTF-16 units; MT5 itself allows 31. */
  static final int MAX_SYMBOL_LENGTH = 32;

  /** What is said of a name that is no tenant's. */
  public static final String TENANT_RULE =
      "1 to 64 of a-z, 0-9, '_' and '-', beginning with a letter or a digit";

  /** What is said of an id that is no terminal's. */
  public static final String TERMINAL_RULE = "1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'";

  /** What is said of a symbol that is none. */
  public static final String SYMBOL_RULE = "1 to 32 characters, none of them a control character";

  private Identifiers() {}

  /** Whether that may be a tenant's name: {@link #TENANT_RULE}. */
  public static boolean isTenant(String name) {
    int length = name.length();
    if (length == 0 || length > MAX_TENANT_LENGTH) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      boolean first = isDigit(c) || (c >= 'a' && c <= 'z');
      if (!first && (i == 0 || (c != '_' && c != '-'))) {
        return false;
      }
    }
    return true;
  }

  /** Whether that may be a terminal's id: {@link #TERMINAL_RULE}. */
  public static boolean isTerminal(String id) {
    int length = id.length();
    if (length == 0 || length > MAX_TERMINAL_LENGTH) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = id.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !isDigit(c) && c != '.' && c != '_' && c != '-') {
        return false;
      }
    }
    return true;
  }

  /**
   * Brokers write {@code EURUSD.£} and {@code @EU6}, so anything printable goes; half a surrogate
   * pair does not.
   */
  public static boolean isSymbol(String symbol) {
    int length = symbol.length();
    if (length == 0 || length > MAX_SYMBOL_LENGTH) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = symbol.charAt(i);
      if (Character.isISOControl(c)) {
        return false;
      }
      if (Character.isSurrogate(c)) {
        boolean pair = i + 1 < length && Character.isSurrogatePair(c, symbol.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
