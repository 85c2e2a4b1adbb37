package io.sub30.gateway.api;

import io.sub30.gateway.text.Sha256;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Names of answers by their bytes, RFC 9110 section 8.8.3. */
public final class EntityTag {

  /** Of 256 bits so many are enough for two answers never to share a name. */
  private static final int BYTES = 12;

  private EntityTag() {}

  /** A strong tag with its quotes. */
  public static String of(byte[] body) {
    return '"' + HexFormat.of().formatHex(Sha256.digest().digest(body), 0, BYTES) + '"';
  }

  /**
   * Whether an {@code If-None-Match} names that tag, so that the client needs no body. Weak tags
   * count, as the RFC has it for this header; what cannot be read names nothing.
   */
  public static boolean isNamed(@Nullable String ifNoneMatch, String tag) {
    if (ifNoneMatch == null) {
      return false;
    }
    if (ifNoneMatch.strip().equals("*")) {
      return true;
    }
    // The opaque part holds no quote, so a tag found with both of its own is a whole one.
    return ifNoneMatch.contains(tag);
  }
}
