package io.sub30.client;

import io.vertx.core.Future;
import io.vertx.core.VertxException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

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

  /**
   * {@code Retry-After} in whole seconds as milliseconds; its date form is not used by this API and
   * reads as unsaid.
   */
  static long retryAfterMillis(@org.jspecify.annotations.Nullable String header) {
    if (header == null || header.isEmpty() || header.length() > 9) {
      return Answer.UNSAID;
    }
    for (int i = 0; i < header.length(); i++) {
      if (header.charAt(i) < '0' || header.charAt(i) > '9') {
        return Answer.UNSAID;
      }
    }
    return Long.parseLong(header) * 1_000;
  }

  private static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
