package io.sub30.gateway.requests;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Undoes the compression of a body or message. What comes out is bounded like what comes in: a few
 * kilobytes can be gigabytes packed.
 */
public final class BodyCoding {

  /** What is said of a coding that this class does not know. */
  public static final String RULE = "Content-Encoding must be gzip or left out";

  private BodyCoding() {}

  /** Whether bodies of that coding can be read; null is none. */
  public static boolean knows(@Nullable String coding) {
    return isPlain(coding) || "gzip".equalsIgnoreCase(coding);
  }

  private static boolean isPlain(@Nullable String coding) {
    return coding == null || coding.equalsIgnoreCase("identity");
  }

  /**
   * @param coding one this class {@link #knows}
   * @param maxBytes of the result
   * @throws BodyTooLarge when there would be more
   * @throws IOException when the bytes are not of that coding
   */
  public static byte[] decode(@Nullable String coding, byte[] bytes, int maxBytes)
      throws IOException {
    if (isPlain(coding)) {
      return bytes;
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes), 4_096)) {
      byte[] decoded = in.readNBytes(maxBytes);
      if (in.read() >= 0) {
        throw BodyTooLarge.INSTANCE;
      }
      return decoded;
    }
  }
}
