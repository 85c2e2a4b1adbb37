package io.sub30.gateway.http;

import io.sub30.budget.NanoClock;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.identity.Scope;
import io.sub30.gateway.identity.TokenRefusal;
import io.sub30.gateway.ingress.Call;
import io.sub30.gateway.ingress.Exchange;
import io.sub30.gateway.ingress.Ingress;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.BiConsumer;

/**
 * What comes before every read over HTTP: who asks, whether within the tenant's rate, and with a
 * token that may read.
 */
public final class ReadDoor {

  private final Ingress ingress;
  private final NanoClock clock;

  /** A door to the reads of one listener. */
  public ReadDoor(Ingress ingress, NanoClock clock) {
    this.ingress = ingress;
    this.clock = clock;
  }

  /** Goes on with a request that may come in; any other one is refused here. */
  void open(HttpServerRequest request, BiConsumer<Exchange, Responses> opened) {
    long startNanos = clock.nanoTime();
    Call call = ingress.called(request);
    Responses responses = new Responses(request, call);
    ingress
        .authenticate(request.connection(), request.getHeader(HttpHeaders.AUTHORIZATION))
        .onComplete(
            verification -> {
              if (verification instanceof Principal principal) {
                Exchange exchange = ingress.open(call, principal, startNanos, Long.MAX_VALUE);
                pass(exchange, responses, opened);
              } else {
                responses.refuse((TokenRefusal) verification);
              }
            },
            failure -> responses.refuse(ingress.unverified(call, failure)));
  }

  private void pass(
      Exchange exchange, Responses responses, BiConsumer<Exchange, Responses> opened) {
    ingress
        .pass(exchange, Scope.READ)
        .onSuccess(
            turnstile -> {
              if (responses.passes(turnstile)) {
                opened.accept(exchange, responses);
              }
            });
  }
}
