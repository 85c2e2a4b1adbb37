package io.sub30.client;

import io.vertx.core.Future;
import io.vertx.core.VertxException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a network does to a request into values; anything else is a bug and stays a failure.
 */
final class Failures {
  private Failures() {}

  static Future<Answer> asAnswer(Throwable failure) {
    if (failure instanceof TimeoutException || failure instanceof java.net.SocketTimeoutException) {
      return Future.succeededFuture(Answer.none(Answer.TIMEOUT, reason(failure)));
    }
    // VertxException: connection closed, stream reset, pool closed. IOException: refused, reset,
    // unknown host.
    if (failure instanceof VertxException || failure instanceof IOException) {
      return Future.succeededFuture(Answer.none(Answer.CONNECTION, reason(failure)));
    }
    return Future.failedFuture(failure);
  }

  /** What the server adds to {@code Retry-After}: the same in milliseconds. */
  static final String RETRY_AFTER_MS = "retry-after-ms";

  /**
   * After how many milliseconds the server wants to be asked again: the exact header when it is
   * there, else {@code Retry-After} in whole seconds, whose date form is not used by this API and
   * reads as unsaid.
   */
  static long retryAfterMillis(@Nullable String seconds, @Nullable String millis) {
    long exact = number(millis);
    if (exact != Answer.UNSAID) {
      return exact;
    }
    long whole = number(seconds);
    return whole == Answer.UNSAID ? whole : whole * 1_000;
  }

  private static long number(@Nullable String header) {
    if (header == null || header.isEmpty() || header.length() > 9) {
      return Answer.UNSAID;
    }
    for (int i = 0; i < header.length(); i++) {
      if (header.charAt(i) < '0' || header.charAt(i) > '9') {
        return Answer.UNSAID;
      }
    }
    return Long.parseLong(header);
  }

  private static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
