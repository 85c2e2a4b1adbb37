package io.sub30.gateway.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Base64url as RFC 7515 §2 writes it, and nothing else: no padding, no white space, no {@code +} or
 * {@code /}, and the unused bits of the last character zero.
 *
 * <p>The JDK's decoder takes padding and ignores those last bits, which gives one token many
 * spellings: each would be another key in a cache of verified tokens.
 */
public final class StrictBase64Url {
  private static final byte[] VALUES = new byte[128];

  static {
    Arrays.fill(VALUES, (byte) -1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int i = 0; i < alphabet.length(); i++) {
      VALUES[alphabet.charAt(i)] = (byte) i;
    }
  }

  private StrictBase64Url() {}

  /**
   * The bytes spelled by {@code text[from, to)}; null when that is not their one canonical
   * spelling.
   */
  public static byte @Nullable [] decode(String text, int from, int to) {
    int length = to - from;
    int tail = length & 3;
    if (tail == 1) {
      return null;
    }
    byte[] bytes = new byte[length / 4 * 3 + (tail == 0 ? 0 : tail - 1)];
    int out = 0;
    int bits = 0;
    int held = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      int value = c < 128 ? VALUES[c] : -1;
      if (value < 0) {
        return null;
      }
      bits = (bits << 6) | value;
      held += 6;
      if (held >= 8) {
        held -= 8;
        bytes[out++] = (byte) (bits >> held);
        bits &= (1 << held) - 1;
      }
    }
    return bits == 0 ? bytes : null;
  }
}
