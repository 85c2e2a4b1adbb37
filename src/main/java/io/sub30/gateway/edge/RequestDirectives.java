package io.sub30.gateway.edge;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a client's {@code Cache-Control} says, RFC 9111 section 5.2.1. */
final class RequestDirectives {

  private RequestDirectives() {}

  /**
   * Whether it will have no answer from before: {@code no-cache}, {@code no-store} or {@code
   * max-age=0}. Any other age is more than answers are kept for, or not worth a look.
   */
  static boolean wantsNew(@Nullable String cacheControl) {
    if (cacheControl == null) {
      return false;
    }
    for (String directive : cacheControl.toLowerCase(Locale.ROOT).split(",", -1)) {
      String bare = directive.strip();
      if (bare.equals("no-cache") || bare.equals("no-store") || bare.equals("max-age=0")) {
        return true;
      }
    }
    return false;
  }
}
