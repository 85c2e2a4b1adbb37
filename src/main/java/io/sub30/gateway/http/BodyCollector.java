package io.sub30.gateway.http;

import io.sub30.gateway.requests.BodyTooLarge;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/**
 * Collects a request's body up to a bound; past it the rest is read and dropped, so that the
 * refusal can still be received.
 */
final class BodyCollector {

  private final HttpServerRequest request;
  private final int maxBytes;
  private Buffer collected = Buffer.buffer();
  private boolean tooLarge;

  BodyCollector(HttpServerRequest request, int maxBytes) {
    this.request = request;
    this.maxBytes = maxBytes;
  }

  /**
   * The body; fails with {@link BodyTooLarge} as soon as that is known, or when the connection
   * breaks.
   */
  Future<Buffer> collect() {
    Promise<Buffer> body = Promise.promise();
    if (declaredLength() > maxBytes) {
      request.resume();
      return Future.failedFuture(BodyTooLarge.INSTANCE);
    }
    if ("100-continue".equalsIgnoreCase(request.getHeader("expect"))) {
      // Who asks first would else wait for a second or so before sending the body all the same.
      request.response().writeContinue();
    }
    request.handler(
        chunk -> {
          if (tooLarge) {
            return;
          }
          if (collected.length() + chunk.length() > maxBytes) {
            tooLarge = true;
            collected = Buffer.buffer();
            body.tryFail(BodyTooLarge.INSTANCE);
          } else {
            collected.appendBuffer(chunk);
          }
        });
    request.endHandler(end -> body.tryComplete(collected));
    request.exceptionHandler(body::tryFail);
    return body.future();
  }

  private long declaredLength() {
    String header = request.getHeader("content-length");
    try {
      return header == null ? 0 : Long.parseLong(header);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }
}
