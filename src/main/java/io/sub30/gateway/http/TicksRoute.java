package io.sub30.gateway.http;

import io.sub30.budget.NanoClock;
import io.sub30.budget.RequestOutcome;
import io.sub30.gateway.answers.CachedPart;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.answers.TickResultJson;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.identity.Scope;
import io.sub30.gateway.identity.TokenRefusal;
import io.sub30.gateway.ingress.Answer;
import io.sub30.gateway.ingress.Call;
import io.sub30.gateway.ingress.Exchange;
import io.sub30.gateway.ingress.Ingress;
import io.sub30.gateway.requests.BatchReading;
import io.sub30.gateway.requests.BatchReading.Read;
import io.sub30.gateway.requests.BatchReading.Refusal;
import io.sub30.gateway.requests.BodyCoding;
import io.sub30.gateway.requests.BodyTooLarge;
import io.sub30.gateway.requests.MediaType;
import io.sub30.gateway.requests.RequestTimeout;
import io.sub30.gateway.requests.TickBatchJson;
import io.sub30.gateway.requests.TickBatchProtobuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;

/**
 * {@code POST /v1/ticks}: JSON or protobuf in, the same out. The sender is known before a byte of
 * the body is read, and a body is never collected beyond its bound.
 */
public final class TicksRoute {

  private final Ingress ingress;
  private final NanoClock clock;
  private final int maxBodyBytes;

  /**
   * @param maxBodyBytes of a body, packed or not
   */
  public TicksRoute(Ingress ingress, NanoClock clock, int maxBodyBytes) {
    this.ingress = ingress;
    this.clock = clock;
    this.maxBodyBytes = maxBodyBytes;
  }

  /** Answers with what became of the batch, or says why it was not taken. */
  public void handle(HttpServerRequest request) {
    long startNanos = clock.nanoTime();
    Call call = ingress.called(request);
    Responses responses = new Responses(request, call);
    MediaType type = MediaType.ofBody(request.getHeader("content-type"));
    if (type == MediaType.OTHER) {
      responses.refuse(
          ProblemCode.UNSUPPORTED_MEDIA_TYPE,
          "Content-Type must be application/json or application/x-protobuf");
      return;
    }
    String coding = request.getHeader("content-encoding");
    if (!BodyCoding.knows(coding)) {
      responses.refuse(ProblemCode.UNSUPPORTED_MEDIA_TYPE, BodyCoding.RULE);
      return;
    }
    long askedNanos = RequestTimeout.nanos(request.getHeader(RequestTimeout.HEADER));
    if (askedNanos < 0) {
      responses.refuse(ProblemCode.MALFORMED, RequestTimeout.RULE);
      return;
    }
    request.pause();
    ingress
        .authenticate(request.connection(), request.getHeader("authorization"))
        .onComplete(
            verification -> {
              if (verification instanceof Principal principal) {
                pass(
                    request,
                    type,
                    ingress.open(call, principal, startNanos, askedNanos),
                    responses);
              } else {
                request.resume();
                responses.refuse((TokenRefusal) verification);
              }
            },
            failure -> {
              request.resume();
              responses.refuse(ingress.unverified(call, failure));
            });
  }

  private void pass(
      HttpServerRequest request, MediaType type, Exchange exchange, Responses responses) {
    ingress
        .pass(exchange, Scope.TICKS_WRITE, responses::whenGone)
        .onSuccess(
            turnstile -> {
              request.resume();
              if (responses.passes(turnstile)) {
                receive(request, type, exchange, responses);
              }
            });
  }

  private void receive(
      HttpServerRequest request, MediaType type, Exchange exchange, Responses responses) {
    new BodyCollector(request, maxBodyBytes)
        .collect()
        .onComplete(
            body -> decode(request, type, exchange, body, responses),
            failure -> notReceived(exchange, failure, responses));
  }

  private void decode(
      HttpServerRequest request,
      MediaType type,
      Exchange exchange,
      Buffer body,
      Responses responses) {
    exchange.bodyArrived();
    byte[] bytes;
    try {
      bytes =
          BodyCoding.decode(request.getHeader("content-encoding"), body.getBytes(), maxBodyBytes);
    } catch (BodyTooLarge e) {
      notReceived(exchange, e, responses);
      return;
    } catch (IOException e) {
      ingress.conclude(exchange, RequestOutcome.REFUSED);
      responses.refuse(ProblemCode.MALFORMED, "the body is not gzip, as its Content-Encoding says");
      return;
    }
    submit(exchange, type, bytes, responses);
  }

  private void submit(Exchange exchange, MediaType type, byte[] bytes, Responses responses) {
    BatchReading reading =
        type == MediaType.JSON
            ? TickBatchJson.read(bytes, 0, bytes.length)
            : TickBatchProtobuf.read(bytes, 0, bytes.length);
    if (reading instanceof Refusal refusal) {
      ingress.conclude(exchange, RequestOutcome.REFUSED);
      responses.refuse(refusal.fault().problem(), refusal.detail());
      return;
    }
    ingress
        .submit(exchange, ((Read) reading).batch())
        .onSuccess(
            answer -> {
              responses.header("server-timing", exchange.serverTiming());
              if (answer instanceof Answer.Accepted accepted) {
                long ageSeconds = CachedPart.ageSeconds(accepted.result());
                if (ageSeconds >= 0) {
                  responses.header(CachedPart.AGE, Long.toString(ageSeconds));
                  responses.header(CachedPart.CACHE_STATUS, CachedPart.HIT);
                }
                responses.send(type, accepted.result(), new TickResultJson(accepted.result()));
              } else {
                responses.refuse(((Answer.Refused) answer).problem());
              }
            });
  }

  private void notReceived(Exchange exchange, Throwable failure, Responses responses) {
    ingress.conclude(exchange, RequestOutcome.REFUSED);
    if (failure instanceof BodyTooLarge) {
      responses.refuse(
          ProblemCode.TOO_LARGE,
          "the body is larger than " + maxBodyBytes + " bytes; split the batch");
    } else {
      responses.refuse(ProblemCode.MALFORMED, "the body did not arrive whole");
    }
  }
}
