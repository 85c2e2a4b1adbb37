package io.sub30.database.cache;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Makes one Redis key of (tenant, kind, key): {@code sub30:tenant:kind:key}, each part
 * percent-encoded but for letters, digits, {@code .}, {@code _}, {@code -}. A separator within a
 * part is always encoded, so different triples never make the same key and no name reaches into
 * another tenant's keys.
 */
final class CacheKey {

  /** Characters a part may have. */
  static final int MAX_PART_LENGTH = 256;

  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private CacheKey() {}

  /**
   * The key.
   *
   * @throws IllegalArgumentException when a part is empty, longer than {@value #MAX_PART_LENGTH} or
   *     not valid Unicode
   */
  static String of(String tenant, String kind, String key) {
    StringBuilder text = new StringBuilder(24 + tenant.length() + kind.length() + key.length());
    text.append("sub30:");
    encode("tenant", tenant, text);
    text.append(':');
    encode("kind", kind, text);
    text.append(':');
    encode("key", key, text);
    return text.toString();
  }

  /** What every key of a tenant begins with; no character of it means something in a pattern. */
  static String prefix(String tenant) {
    StringBuilder text = new StringBuilder(16 + tenant.length()).append("sub30:");
    encode("tenant", tenant, text);
    return text.append(':').toString();
  }

  private static void encode(String name, String part, StringBuilder text) {
    if (part.isEmpty() || part.length() > MAX_PART_LENGTH) {
      throw new IllegalArgumentException(
          name + " has " + part.length() + " characters, must have 1 to " + MAX_PART_LENGTH);
    }
    int plain = 0;
    while (plain < part.length() && isPlain(part.charAt(plain))) {
      plain++;
    }
    text.append(part, 0, plain);
    if (plain < part.length()) {
      encodeRest(name, part.substring(plain), text);
    }
  }

  private static void encodeRest(String name, String rest, StringBuilder text) {
    ByteBuffer bytes;
    try {
      // Not getBytes: that makes '?' of every lone surrogate, and two keys the same.
      bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(rest));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(name + " is not valid Unicode", e);
    }
    while (bytes.hasRemaining()) {
      int value = bytes.get() & 0xff;
      if (value < 0x80 && isPlain((char) value)) {
        text.append((char) value);
      } else {
        text.append('%').append(HEX[value >> 4]).append(HEX[value & 15]);
      }
    }
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }
}
