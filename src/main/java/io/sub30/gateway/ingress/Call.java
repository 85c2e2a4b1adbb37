package io.sub30.gateway.ingress;

import io.sub30.gateway.identity.Principal;
import org.jspecify.annotations.Nullable;

/**
 * What one request is called, in its answer and in the log, and who sent it once that is known.
 * Belongs to its connection's loop.
 */
public final class Call {

  private final String requestId;
  private final String traceparent;
  private @Nullable Principal sender;
  private Runnable closed = () -> {};

  /**
   * @param requestId ours, unique
   * @param traceparent its own span in its client's trace, as {@link TraceContext} writes it
   */
  Call(String requestId, String traceparent) {
    this.requestId = requestId;
    this.traceparent = traceparent;
  }

  /** Ours, unique. */
  public String requestId() {
    return requestId;
  }

  /** Its span, as the header says it. */
  public String traceparent() {
    return traceparent;
  }

  String traceId() {
    return TraceContext.traceId(traceparent);
  }

  /** Null while that is not known. */
  @Nullable Principal sender() {
    return sender;
  }

  void sentBy(Principal principal) {
    sender = principal;
  }

  /**
   * Has that run, too, when the request's stream or connection is closed, be it before the answer
   * or after. The one place to ask for it: a response knows a single handler.
   */
  public void whenClosed(Runnable more) {
    Runnable before = closed;
    closed =
        () -> {
          before.run();
          more.run();
        };
  }

  /** The stream or connection is closed. */
  void closed() {
    closed.run();
  }
}
