package io.sub30.gateway;

import io.sub30.budget.NanoClock;
import io.sub30.budget.RequestOutcome;
import io.sub30.bus.Address;
import io.sub30.bus.HopFailure;
import io.vertx.core.http.HttpServerRequest;

/** {@code GET /v1/signals}: a page of the caller's recorded signals, newest first. */
final class SignalsRoute {

  static final String PATH = "/v1/signals";

  private final Ingress ingress;
  private final NanoClock clock;

  SignalsRoute(Ingress ingress, NanoClock clock) {
    this.ingress = ingress;
    this.clock = clock;
  }

  void handle(HttpServerRequest request) {
    long startNanos = clock.nanoTime();
    String requestId = ingress.nextRequestId();
    Responses responses = new Responses(request, requestId);
    ingress
        .authenticate(request.getHeader("authorization"))
        .onComplete(
            verification -> {
              if (verification instanceof Principal principal) {
                Exchange exchange = ingress.open(requestId, principal, startNanos, Long.MAX_VALUE);
                ingress
                    .pass(exchange)
                    .map(responses::passes)
                    .onSuccess(
                        passes -> {
                          if (passes) {
                            list(request, exchange, responses);
                          }
                        });
              } else {
                responses.refuse((TokenRefusal) verification);
              }
            },
            failure -> responses.refuse(ingress.unverified(requestId, failure)));
  }

  private void list(HttpServerRequest request, Exchange exchange, Responses responses) {
    SignalsQuery query = SignalsQuery.parse(request.query());
    if (query instanceof SignalsQuery.Refusal refusal) {
      ingress.conclude(exchange, RequestOutcome.REFUSED);
      responses.refuse(ProblemCode.MALFORMED, refusal.detail());
      return;
    }
    MediaType type = MediaType.ofAccept(request.getHeader("accept"));
    ingress
        .read(exchange, Address.LIST_SIGNALS, ((SignalsQuery.Accepted) query).request())
        .onComplete(
            page -> {
              SignalsAnswer answer = new SignalsAnswer(page);
              ingress.conclude(exchange, answer.outcome());
              answer.headers(responses::header);
              responses.header("server-timing", exchange.serverTiming());
              responses.send(type, page, new SignalsJson(page));
            },
            failure -> responses.refuse(ingress.problem(exchange, (HopFailure) failure)));
  }
}
