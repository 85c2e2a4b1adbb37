package io.sub30.gateway.text;

/**
 * Carries a refusal out of nested reading to the one place that turns it into a value. Never leaves
 * the class that reads; has no stack trace, because what a client sends is no bug.
 */
public final class Refused extends Exception {
  private static final long serialVersionUID = 1;
  private static final int MAX_SHOWN = 40;

  /**
   * @param detail the place, the value and what would be right
   */
  public Refused(String detail) {
    super(detail, null, false, false);
  }

  /** One sentence for the client. */
  public String detail() {
    return String.valueOf(getMessage());
  }

  /**
   * A client's value as a message may quote it: shortened, and nothing in it that a terminal or a
   * log would obey.
   */
  public static String shown(String value) {
    return "'" + plain(value) + "'";
  }

  /** The same without quotes, for numbers and names. */
  public static String plain(String value) {
    return plain(value, MAX_SHOWN);
  }

  /** The same, shortened to that many characters. */
  public static String plain(String value, int maxLength) {
    int end = Math.min(value.length(), maxLength);
    StringBuilder text = new StringBuilder(end + 1);
    for (int i = 0; i < end; i++) {
      char c = value.charAt(i);
      text.append(c >= ' ' && c < 127 ? c : '?');
    }
    return end < value.length() ? text.append('…').toString() : text.toString();
  }
}
