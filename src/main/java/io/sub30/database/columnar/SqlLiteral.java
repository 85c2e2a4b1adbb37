package io.sub30.database.columnar;

import java.nio.charset.StandardCharsets;

/**
 * Texts as ClickHouse literals; servers before 19.14 have no query parameters.
 *
 * <p>Every byte but ASCII letters and digits is written as {@code \xHH}. No character that means
 * something in SQL can then be in a literal, whatever the text holds.
 */
final class SqlLiteral {

  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private SqlLiteral() {}

  /** The text's UTF-8 bytes between single quotes. */
  static String of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    StringBuilder literal = new StringBuilder(bytes.length + 2).append('\'');
    for (byte each : bytes) {
      if (each >= 'a' && each <= 'z' || each >= 'A' && each <= 'Z' || each >= '0' && each <= '9') {
        literal.append((char) each);
      } else {
        literal.append("\\x").append(HEX[each >> 4 & 0xf]).append(HEX[each & 0xf]);
      }
    }
    return literal.append('\'').toString();
  }
}
