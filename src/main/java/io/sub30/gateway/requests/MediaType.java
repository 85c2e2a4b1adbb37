package io.sub30.gateway.requests;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The forms a body may have. */
public enum MediaType {
  JSON("application/json"),
  PROTOBUF("application/x-protobuf"),
  /** Anything else, or nothing at all. */
  OTHER("");

  private final String text;

  MediaType(String text) {
    this.text = text;
  }

  /** As a header names it; empty for {@link #OTHER}. */
  public String text() {
    return text;
  }

  /**
   * The form a {@code Content-Type} header names; parameters such as a charset are not looked at.
   */
  public static MediaType ofBody(@Nullable String contentType) {
    String bare = bare(contentType);
    return bare.equals(JSON.text) ? JSON : bare.equals(PROTOBUF.text) ? PROTOBUF : OTHER;
  }

  /** The header without its parameters, in lower case; empty when there is none. */
  public static String bare(@Nullable String contentType) {
    if (contentType == null) {
      return "";
    }
    int semicolon = contentType.indexOf(';');
    return (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  /**
   * The form to answer in when there was no body to answer in kind: protobuf when it is asked for,
   * else JSON.
   */
  public static MediaType ofAccept(@Nullable String accept) {
    return accept != null && accept.toLowerCase(Locale.ROOT).contains(PROTOBUF.text)
        ? PROTOBUF
        : JSON;
  }
}
