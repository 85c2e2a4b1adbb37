package io.sub30.gateway.http;

import com.google.protobuf.MessageLite;
import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.identity.TokenRefusal;
import io.sub30.gateway.ingress.Call;
import io.sub30.gateway.ingress.TraceContext;
import io.sub30.gateway.ingress.Turnstile;
import io.sub30.gateway.requests.MediaType;
import io.sub30.gateway.text.JsonBody;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** Writes one answer over HTTP, unless the client has gone. */
public final class Responses {

  /** As Retry-After, but exact: a full queue is empty again in milliseconds. */
  private static final String RETRY_AFTER_MS = "retry-after-ms";

  // Names that are on every answer, so that they are hashed once.
  private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");
  private static final CharSequence TRACEPARENT = HttpHeaders.createOptimized(TraceContext.HEADER);

  private final HttpServerResponse response;
  private final Call call;
  private final String requestId;

  /** An answer that carries the request's id and trace whatever it will be. */
  public Responses(HttpServerRequest request, Call call) {
    this.response = request.response();
    this.call = call;
    this.requestId = call.requestId();
    response.putHeader(REQUEST_ID, requestId);
    response.putHeader(TRACEPARENT, call.traceparent());
  }

  void header(CharSequence name, CharSequence value) {
    response.putHeader(name, value);
  }

  /** Puts the rate's headers on the answer, and refuses the request if it is over the rate. */
  boolean passes(Turnstile turnstile) {
    turnstile.headers(this::header);
    Problem refusal = turnstile.refusal();
    if (refusal != null) {
      refuse(refusal);
    }
    return refusal == null;
  }

  /** Tells when the stream or connection is closed before the answer. */
  void whenGone(Runnable gone) {
    call.whenClosed(gone);
    response.exceptionHandler(broken -> gone.run());
  }

  /** A good answer, in the form that was asked for. */
  void send(MediaType type, MessageLite message, JsonBody json) {
    byte[] body = type == MediaType.PROTOBUF ? message.toByteArray() : json.bytes();
    send(200, type.text(), Buffer.buffer(body));
  }

  /** A good answer that is written already. */
  void send(String contentType, Buffer body) {
    send(200, contentType, body);
  }

  /** The client has it already. */
  void notModified() {
    if (!response.ended() && !response.closed()) {
      response.setStatusCode(304).end();
    }
  }

  void refuse(TokenRefusal refusal) {
    refuse(Problem.of(refusal, requestId));
  }

  /** Answers with a problem that has cost no budget. */
  public void refuse(ProblemCode code, String detail) {
    refuse(Problem.of(code, detail, requestId));
  }

  void refuse(Problem problem) {
    if (problem.retryAfterSeconds() > 0) {
      response
          .putHeader("retry-after", Integer.toString(problem.retryAfterSeconds()))
          .putHeader(RETRY_AFTER_MS, Integer.toString(problem.retryAfterMillis()));
    }
    if (problem.code().status() == 401) {
      response.putHeader("www-authenticate", "Bearer realm=\"sub30\"");
    }
    response.putHeader("cache-control", "no-store"); // a 404 may be kept unless that is said
    send(problem.code().status(), Problem.CONTENT_TYPE, Buffer.buffer(problem.bytes()));
  }

  private void send(int status, String contentType, Buffer body) {
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, contentType).end(body);
  }
}
