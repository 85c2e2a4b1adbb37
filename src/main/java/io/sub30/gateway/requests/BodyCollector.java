package io.sub30.gateway.requests;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/**
 * Collects a request's body up to a bound; past it the rest is read and dropped, so that the
 * refusal can still be received.
 */
public final class BodyCollector {

  /** The body is beyond its bound. Stackless, and always the same. */
  public static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1;
    static final TooLarge INSTANCE = new TooLarge();

    private TooLarge() {
      super("the body is too large", null, false, false);
    }
  }

  private final HttpServerRequest request;
  private final int maxBytes;
  private Buffer collected = Buffer.buffer();
  private boolean tooLarge;

  public BodyCollector(HttpServerRequest request, int maxBytes) {
    this.request = request;
    this.maxBytes = maxBytes;
  }

  /**
   * The body; fails with {@link TooLarge} as soon as that is known, or when the connection breaks.
   */
  public Future<Buffer> collect() {
    Promise<Buffer> body = Promise.promise();
    if (declaredLength() > maxBytes) {
      request.resume();
      return Future.failedFuture(TooLarge.INSTANCE);
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
            body.tryFail(TooLarge.INSTANCE);
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
