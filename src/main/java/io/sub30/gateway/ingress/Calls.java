package io.sub30.gateway.ingress;

import io.sub30.budget.NanoClock;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Names requests as they begin, and has the access log follow them. One a loop; not thread-safe.
 */
final class Calls {

  private final @Nullable AccessLog accessLog;
  private final NanoClock clock;
  private final String requestPrefix =
      HexFormat.of().toHexDigits(new SecureRandom().nextLong()).substring(0, 10);
  private final TraceContext traces =
      new TraceContext(new SplittableRandom(new SecureRandom().nextLong()));
  private long requests;

  /**
   * @param accessLog null: there is none
   */
  Calls(@Nullable AccessLog accessLog, NanoClock clock) {
    this.accessLog = accessLog;
    this.clock = clock;
  }

  /** Names a request that has begun; to be asked once for each. */
  Call enter(HttpServerRequest request) {
    Call call = new Call(nextRequestId(), traces.enter(request.headers()));
    if (accessLog != null) {
      accessLog.follow(request, call, clock);
    }
    HttpServerResponse response = request.response();
    if (!response.ended() && !response.closed()) {
      response.closeHandler(closed -> call.closed());
    }
    return call;
  }

  /** Names a batch of a stream: by an id of its own, in the span of the stream. */
  Call within(Call stream) {
    return new Call(nextRequestId(), stream.traceparent());
  }

  /** Unique to this loop's life, and short enough to read out. */
  private String nextRequestId() {
    return requestPrefix + Long.toHexString(requests++);
  }
}
