package io.sub30.gateway.http;

import com.google.protobuf.MessageLite;
import io.sub30.budget.RequestOutcome;
import io.sub30.bus.Address;
import io.sub30.bus.HopFailure;
import io.sub30.gateway.answers.BarsJson;
import io.sub30.gateway.answers.PredictionJson;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.answers.QuoteJson;
import io.sub30.gateway.api.ApiRoute;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.ingress.Exchange;
import io.sub30.gateway.ingress.Ingress;
import io.sub30.gateway.requests.MediaType;
import io.sub30.gateway.requests.Reading;
import io.sub30.gateway.requests.SymbolQueries;
import io.sub30.gateway.text.JsonBody;
import io.sub30.v1.LatestReply;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is read of one symbol: {@code GET /v1/quotes/{symbol}}, {@code /v1/predictions/{symbol}} and
 * {@code /v1/bars/{symbol}}.
 */
public final class SymbolRoutes {

  private final Ingress ingress;
  private final ReadDoor door;
  private final SymbolQueries queries;

  /** Routes behind that door. */
  public SymbolRoutes(Ingress ingress, ReadDoor door, SymbolQueries queries) {
    this.ingress = ingress;
    this.door = door;
    this.queries = queries;
  }

  /** Adds the routes. */
  public void mount(Router routes) {
    routes.get(ApiRoute.QUOTE.routerPath()).handler(this::quote);
    routes.get(ApiRoute.PREDICTION.routerPath()).handler(this::prediction);
    routes.get(ApiRoute.BARS.routerPath()).handler(this::bars);
  }

  private void quote(RoutingContext context) {
    open(
        context.request(),
        asked ->
            asked.answer(
                queries.latest(asked.principal(), symbol(context), asked.query(), false),
                Address.LATEST,
                asked::quote));
  }

  private void prediction(RoutingContext context) {
    open(
        context.request(),
        asked ->
            asked.answer(
                queries.latest(asked.principal(), symbol(context), asked.query(), true),
                Address.LATEST,
                asked::prediction));
  }

  private void bars(RoutingContext context) {
    open(
        context.request(),
        asked ->
            asked.answer(
                queries.bars(asked.principal(), symbol(context), asked.query()),
                Address.BARS,
                (request, page) -> asked.send(page, new BarsJson(page))));
  }

  private static String symbol(RoutingContext context) {
    return String.valueOf(context.pathParam(ApiRoute.SYMBOL));
  }

  private void open(HttpServerRequest request, Consumer<Asked> opened) {
    door.open(
        request, (exchange, responses) -> opened.accept(new Asked(request, exchange, responses)));
  }

  /** One request of a known sender. */
  private final class Asked {
    private final HttpServerRequest request;
    private final Exchange exchange;
    private final Responses responses;

    Asked(HttpServerRequest request, Exchange exchange, Responses responses) {
      this.request = request;
      this.exchange = exchange;
      this.responses = responses;
    }

    Principal principal() {
      return exchange.principal();
    }

    @Nullable String query() {
      return request.query();
    }

    <Q extends MessageLite, R extends MessageLite> void answer(
        Reading<Q> reading, Address<Q, R> address, BiConsumer<Q, R> answered) {
      if (reading instanceof Reading.Refusal<Q> refusal) {
        ingress.conclude(exchange, RequestOutcome.REFUSED);
        responses.refuse(refusal.code(), refusal.detail());
        return;
      }
      Q question = ((Reading.Accepted<Q>) reading).request();
      ingress
          .read(exchange, address, question)
          .onComplete(
              reply -> answered.accept(question, reply),
              failure -> responses.refuse(ingress.problem(exchange, (HopFailure) failure)));
    }

    void quote(MessageLite question, LatestReply reply) {
      if (reply.hasQuote()) {
        send(reply.getQuote(), new QuoteJson(reply.getQuote()));
      } else {
        nothing("no quote of the symbol is stored");
      }
    }

    void prediction(MessageLite question, LatestReply reply) {
      if (reply.hasPrediction()) {
        send(reply.getPrediction(), new PredictionJson(reply.getPrediction()));
      } else {
        nothing(PredictionJson.NONE);
      }
    }

    private void nothing(String detail) {
      responses.refuse(ingress.problem(exchange, ProblemCode.NOT_FOUND, detail));
    }

    void send(MessageLite message, JsonBody json) {
      ingress.conclude(exchange, RequestOutcome.OK);
      responses.header("server-timing", exchange.serverTiming());
      responses.send(MediaType.ofAccept(request.getHeader("accept")), message, json);
    }
  }
}
