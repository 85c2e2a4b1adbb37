package io.sub30.gateway.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.sub30.budget.RequestOutcome;
import io.sub30.bus.Address;
import io.sub30.bus.HopFailure;
import io.sub30.gateway.answers.PredictionJson;
import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.answers.SignalsAnswer;
import io.sub30.gateway.ingress.Exchange;
import io.sub30.gateway.ingress.Ingress;
import io.sub30.gateway.requests.Reading;
import io.sub30.gateway.requests.SignalsQuery;
import io.sub30.gateway.requests.SymbolQueries;
import io.sub30.v1.GetPredictionRequest;
import io.sub30.v1.LatestRequest;
import io.sub30.v1.ListSignalsRequest;
import io.sub30.v1.ListSignalsResponse;
import io.sub30.v1.RecordedPrediction;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.server.GrpcServerRequest;

/** The calls that read: a page of signals, the newest prediction of a symbol. */
final class GrpcReads {

  private final Ingress ingress;
  private final SymbolQueries queries;

  GrpcReads(Ingress ingress, SymbolQueries queries) {
    this.ingress = ingress;
    this.queries = queries;
  }

  void list(
      GrpcServerRequest<Buffer, ListSignalsResponse> call, Exchange exchange, Buffer message) {
    exchange.bodyArrived();
    Reading<ListSignalsRequest> reading;
    try {
      reading =
          SignalsQuery.check(
              exchange.principal(), ListSignalsRequest.parseFrom(message.getBytes()));
    } catch (InvalidProtocolBufferException e) {
      reading = noMessage("ListSignalsRequest");
    }
    if (reading instanceof Reading.Refusal<ListSignalsRequest> refusal) {
      refuse(call, exchange, refusal);
      return;
    }
    ingress
        .read(
            exchange,
            Address.LIST_SIGNALS,
            ((Reading.Accepted<ListSignalsRequest>) reading).request())
        .onComplete(
            page -> {
              SignalsAnswer answer = new SignalsAnswer(page);
              ingress.conclude(exchange, answer.outcome());
              answer.headers(call.response().trailers()::set);
              call.response().end(page);
            },
            failure ->
                GrpcRefusal.send(call.response(), ingress.problem(exchange, (HopFailure) failure)));
  }

  void predict(
      GrpcServerRequest<Buffer, RecordedPrediction> call, Exchange exchange, Buffer message) {
    exchange.bodyArrived();
    Reading<LatestRequest> reading;
    try {
      GetPredictionRequest asked = GetPredictionRequest.parseFrom(message.getBytes());
      reading = queries.prediction(exchange.principal(), asked.getSymbol(), asked.getTerminal());
    } catch (InvalidProtocolBufferException e) {
      reading = noMessage("GetPredictionRequest");
    }
    if (reading instanceof Reading.Refusal<LatestRequest> refusal) {
      refuse(call, exchange, refusal);
      return;
    }
    ingress
        .read(exchange, Address.LATEST, ((Reading.Accepted<LatestRequest>) reading).request())
        .onComplete(
            reply -> {
              if (reply.hasPrediction()) {
                ingress.conclude(exchange, RequestOutcome.OK);
                call.response().trailers().set("server-timing", exchange.serverTiming());
                call.response().end(reply.getPrediction());
              } else {
                GrpcRefusal.send(
                    call.response(),
                    ingress.problem(exchange, ProblemCode.NOT_FOUND, PredictionJson.NONE));
              }
            },
            failure ->
                GrpcRefusal.send(call.response(), ingress.problem(exchange, (HopFailure) failure)));
  }

  private static <Q extends MessageLite> Reading<Q> noMessage(String type) {
    return new Reading.Refusal<>(ProblemCode.MALFORMED, "the message is not a sub30.v1." + type);
  }

  private void refuse(GrpcServerRequest<?, ?> call, Exchange exchange, Reading.Refusal<?> refusal) {
    ingress.conclude(exchange, RequestOutcome.REFUSED);
    GrpcRefusal.send(
        call.response(), Problem.of(refusal.code(), refusal.detail(), exchange.requestId()));
  }
}
