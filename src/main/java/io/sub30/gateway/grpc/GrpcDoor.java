package io.sub30.gateway.grpc;

import io.sub30.budget.NanoClock;
import io.sub30.budget.RequestOutcome;
import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.identity.Scope;
import io.sub30.gateway.identity.TokenRefusal;
import io.sub30.gateway.ingress.Call;
import io.sub30.gateway.ingress.Exchange;
import io.sub30.gateway.ingress.Ingress;
import io.sub30.gateway.ingress.TraceContext;
import io.sub30.gateway.ingress.Turnstile;
import io.sub30.gateway.requests.UnreadableMessage;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What comes before every call with one message: who calls, whether within the tenant's rate and
 * with a token for it, and the message, unpacked within its bound. On the connection's loop.
 */
final class GrpcDoor {

  private final Ingress ingress;
  private final NanoClock clock;
  private final int maxMessageBytes;

  /**
   * @param maxMessageBytes of a message, packed or not
   */
  GrpcDoor(Ingress ingress, NanoClock clock, int maxMessageBytes) {
    this.ingress = ingress;
    this.clock = clock;
    this.maxMessageBytes = maxMessageBytes;
  }

  /**
   * Goes on with a call that may come in and the bytes of its message; any other one is refused
   * here.
   *
   * @param named what the call is called
   * @param needed what its token must be good for
   */
  void open(
      GrpcServerRequest<Buffer, ?> call,
      Call named,
      Scope needed,
      BiConsumer<Exchange, Buffer> opened) {
    admit(
        call,
        named,
        needed,
        exchange -> unary(call, exchange, message -> opened.accept(exchange, message)));
  }

  /**
   * Takes the first message of a call; further ones are dropped. A call that ends without one is
   * refused, since nobody else would ever answer it.
   */
  private void unary(
      GrpcServerRequest<Buffer, ?> call, Exchange exchange, Handler<Buffer> handler) {
    boolean[] taken = new boolean[1];
    call.messageHandler(
        message -> {
          if (!taken[0]) {
            taken[0] = true;
            unpack(call, exchange, message, handler);
          }
        });
    call.endHandler(
        end -> {
          if (!taken[0]) {
            taken[0] = true;
            ingress.conclude(exchange, RequestOutcome.REFUSED);
            GrpcRefusal.send(
                call.response(),
                Problem.of(
                    ProblemCode.MALFORMED,
                    "the call carries no message; it must carry one",
                    exchange.requestId()));
          }
        });
  }

  private void unpack(
      GrpcServerRequest<Buffer, ?> call,
      Exchange exchange,
      GrpcMessage message,
      Handler<Buffer> handler) {
    byte[] payload;
    try {
      payload = GrpcPayload.read(message, maxMessageBytes);
    } catch (UnreadableMessage e) {
      ingress.conclude(exchange, RequestOutcome.REFUSED);
      GrpcRefusal.send(call.response(), Problem.of(e.code(), e.detail(), exchange.requestId()));
      return;
    }
    handler.handle(Buffer.buffer(payload));
  }

  /**
   * Opens the exchange of a call, or refuses it. Messages wait until it is known who sends them.
   */
  private void admit(
      GrpcServerRequest<?, ?> call, Call named, Scope needed, Consumer<Exchange> opened) {
    long startNanos = clock.nanoTime();
    String requestId = named.requestId();
    call.response().headers().set("x-request-id", requestId);
    call.response().trailers().set(TraceContext.HEADER, named.traceparent());
    // Saturates: a grpc-timeout may say 99999999 hours.
    long askedNanos =
        call.timeout() > 0 ? TimeUnit.MILLISECONDS.toNanos(call.timeout()) : Long.MAX_VALUE;
    call.pause();
    ingress
        .authenticate(call.connection(), call.headers().get("authorization"))
        .onComplete(
            verification -> {
              if (verification instanceof Principal principal) {
                pass(call, ingress.open(named, principal, startNanos, askedNanos), needed, opened);
              } else {
                GrpcRefusal.send(
                    call.response(), Problem.of((TokenRefusal) verification, requestId));
                call.resume();
              }
            },
            failure -> {
              GrpcRefusal.send(call.response(), ingress.unverified(named, failure));
              call.resume();
            });
  }

  /** Goes on with a call that is within its tenant's rate, and its token's scope. */
  private void pass(
      GrpcServerRequest<?, ?> call, Exchange exchange, Scope needed, Consumer<Exchange> opened) {
    Future<Turnstile> turn =
        needed == Scope.TICKS_WRITE
            ? ingress.pass(exchange, needed, gone -> whenGone(call, gone))
            : ingress.pass(exchange, needed);
    turn.onSuccess(turnstile -> passed(call, exchange, turnstile, opened));
  }

  /** Tells when the call is cancelled or its connection breaks. */
  private static void whenGone(GrpcServerRequest<?, ?> call, Runnable gone) {
    call.errorHandler(cancelled -> gone.run()).exceptionHandler(broken -> gone.run());
  }

  private void passed(
      GrpcServerRequest<?, ?> call,
      Exchange exchange,
      Turnstile turnstile,
      Consumer<Exchange> opened) {
    turnstile.headers(call.response().headers()::set);
    Problem refusal = turnstile.refusal();
    if (refusal == null) {
      opened.accept(exchange);
    } else {
      GrpcRefusal.send(call.response(), refusal);
    }
    call.resume();
  }
}
