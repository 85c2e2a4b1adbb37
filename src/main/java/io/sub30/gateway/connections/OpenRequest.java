package io.sub30.gateway.connections;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/** A request that has begun, until its answer has been taken. On its connection's loop. */
final class OpenRequest {

  private static final long CANCEL = 0x8;

  private final HttpServerRequest request;
  private final boolean streams;
  private final boolean http2;
  private final long startNanos;
  private long answeredNanos;
  private boolean answered;

  /**
   * @param streams its body may take as long as it likes
   */
  OpenRequest(HttpServerRequest request, boolean streams, long startNanos) {
    this.request = request;
    this.streams = streams;
    this.startNanos = startNanos;
    this.http2 = request.version() == HttpVersion.HTTP_2;
  }

  /**
   * In HTTP/2 when its stream is closed: until then the answer, or what of it the client leaves no
   * window for, is kept. In HTTP/1.1 the connection is looked after as a whole.
   */
  boolean done() {
    return request.response().closed() || (!http2 && request.response().ended());
  }

  long bytesWritten() {
    return request.response().bytesWritten();
  }

  /** Whether its body, or the client's taking of the answer, lasts longer than allowed. */
  boolean late(long nowNanos, long bodyNanos, long answerNanos) {
    if (request.response().ended()) {
      if (!answered) {
        answered = true;
        answeredNanos = nowNanos;
      }
      return nowNanos - answeredNanos > answerNanos;
    }
    return !streams && nowNanos - startNanos > bodyNanos && !request.isEnded();
  }

  /** Ends it. In HTTP/1.1 nothing can follow it. */
  void cut() {
    if (http2) {
      request.response().reset(CANCEL);
    } else {
      request.connection().close();
    }
  }
}
