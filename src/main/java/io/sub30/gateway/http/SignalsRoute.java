package io.sub30.gateway.http;

import io.sub30.budget.RequestOutcome;
import io.sub30.bus.Address;
import io.sub30.bus.HopFailure;
import io.sub30.gateway.answers.SignalsAnswer;
import io.sub30.gateway.answers.SignalsJson;
import io.sub30.gateway.ingress.Exchange;
import io.sub30.gateway.ingress.Ingress;
import io.sub30.gateway.requests.MediaType;
import io.sub30.gateway.requests.Reading;
import io.sub30.gateway.requests.SignalsQuery;
import io.sub30.v1.ListSignalsRequest;
import io.vertx.core.http.HttpServerRequest;

/** {@code GET /v1/signals}: a page of the caller's recorded signals, newest first. */
public final class SignalsRoute {

  private final Ingress ingress;
  private final ReadDoor door;

  /** A route behind that door. */
  public SignalsRoute(Ingress ingress, ReadDoor door) {
    this.ingress = ingress;
    this.door = door;
  }

  /** Answers with a page, or says why not. */
  public void handle(HttpServerRequest request) {
    door.open(request, (exchange, responses) -> list(request, exchange, responses));
  }

  private void list(HttpServerRequest request, Exchange exchange, Responses responses) {
    Reading<ListSignalsRequest> reading = SignalsQuery.parse(exchange.principal(), request.query());
    if (reading instanceof Reading.Refusal<ListSignalsRequest> refusal) {
      ingress.conclude(exchange, RequestOutcome.REFUSED);
      responses.refuse(refusal.code(), refusal.detail());
      return;
    }
    MediaType type = MediaType.ofAccept(request.getHeader("accept"));
    ingress
        .read(
            exchange,
            Address.LIST_SIGNALS,
            ((Reading.Accepted<ListSignalsRequest>) reading).request())
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
