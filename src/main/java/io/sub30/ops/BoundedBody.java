package io.sub30.ops;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/** Reads a request's body, however its length is told, and never holds more than the bound. */
final class BoundedBody {

  private BoundedBody() {}

  /** The body; empty as soon as it is longer than that. Fails when the client goes away. */
  static Future<Optional<Buffer>> read(HttpServerRequest request, int maxBytes) {
    Promise<Optional<Buffer>> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    request.handler(
        chunk -> {
          if (body.length() + chunk.length() > maxBytes) {
            whole.tryComplete(Optional.empty());
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.endHandler(end -> whole.tryComplete(Optional.of(body)));
    request.exceptionHandler(whole::tryFail);
    return whole.future();
  }
}
