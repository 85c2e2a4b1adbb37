package io.sub30.gateway.http;

import com.google.protobuf.MessageLite;
import io.sub30.budget.RequestOutcome;
import io.sub30.bus.Address;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.gateway.answers.BarsJson;
import io.sub30.gateway.answers.PredictionJson;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.answers.QuoteJson;
import io.sub30.gateway.api.ApiRoute;
import io.sub30.gateway.api.EntityTag;
import io.sub30.gateway.edge.AnswerKey;
import io.sub30.gateway.edge.EdgeAnswer;
import io.sub30.gateway.edge.EdgeCache;
import io.sub30.gateway.edge.EdgeRead;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.identity.Rehearsal;
import io.sub30.gateway.ingress.Exchange;
import io.sub30.gateway.ingress.Ingress;
import io.sub30.gateway.requests.MediaType;
import io.sub30.gateway.requests.Reading;
import io.sub30.gateway.requests.SymbolQueries;
import io.sub30.gateway.text.JsonBody;
import io.sub30.v1.LatestReply;
import io.sub30.v1.Quote;
import io.sub30.v1.RecordedPrediction;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is read of one symbol: {@code GET /v1/quotes/{symbol}}, {@code /v1/predictions/{symbol}} and
 * {@code /v1/bars/{symbol}}.
 */
public final class SymbolRoutes {

  private static final CharSequence SERVER_TIMING = HttpHeaders.createOptimized("server-timing");

  /** What Server-Timing says of an answer that no lane was asked for. */
  private static final String KEPT = ", edge_cache;desc=hit";

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
    routes.get(ApiRoute.QUOTE.routerPath()).handler(at -> quote(at.request(), symbol(at)));
    routes
        .get(ApiRoute.PREDICTION.routerPath())
        .handler(at -> prediction(at.request(), symbol(at)));
    routes.get(ApiRoute.BARS.routerPath()).handler(at -> bars(at.request(), symbol(at)));
  }

  /**
   * Answers such a request, unless its path needs to be decoded first: the router does that.
   *
   * @return whether it does
   */
  public boolean handle(HttpServerRequest request) {
    String path = request.path();
    ApiRoute route = ApiRoute.of(path);
    if (route == null || path == null) {
      return false;
    }
    switch (route) {
      case QUOTE, PREDICTION, BARS -> {
        String symbol = route.parameter(path);
        if (!isPlain(symbol)) {
          return false;
        }
        if (route == ApiRoute.BARS) {
          bars(request, symbol);
        } else if (route == ApiRoute.QUOTE) {
          quote(request, symbol);
        } else {
          prediction(request, symbol);
        }
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  /** Letters, digits and, within, dots: what stands for itself in a path, and is no step in it. */
  private static boolean isPlain(String symbol) {
    for (int i = 0; i < symbol.length(); i++) {
      char c = symbol.charAt(i);
      boolean plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (!plain && (c != '.' || i == 0)) {
        return false;
      }
    }
    return true;
  }

  private void quote(HttpServerRequest request, String symbol) {
    open(
        request,
        asked ->
            asked.answer(
                queries.latest(asked.principal(), symbol, asked.query(), false),
                Address.LATEST,
                SymbolRoutes::quoteOf));
  }

  private void prediction(HttpServerRequest request, String symbol) {
    open(
        request,
        asked ->
            asked.answer(
                queries.latest(asked.principal(), symbol, asked.query(), true),
                Address.LATEST,
                SymbolRoutes::predictionOf));
  }

  private void bars(HttpServerRequest request, String symbol) {
    open(
        request,
        asked ->
            asked.answer(
                queries.bars(asked.principal(), symbol, asked.query()),
                Address.BARS,
                page -> new Found(page, new BarsJson(page), page.getComplete(), "")));
  }

  /**
   * What a lane found.
   *
   * @param json of the message; null when there is nothing
   * @param whole false when it is less than was asked for, or known to be old
   * @param missing what there is not
   */
  private record Found(
      MessageLite message, @Nullable JsonBody json, boolean whole, String missing) {}

  private static Found quoteOf(LatestReply reply) {
    Quote quote = reply.getQuote();
    return new Found(
        quote,
        reply.hasQuote() ? new QuoteJson(quote) : null,
        !reply.getStale(),
        "no quote of the symbol is stored");
  }

  private static Found predictionOf(LatestReply reply) {
    RecordedPrediction prediction = reply.getPrediction();
    return new Found(
        prediction,
        reply.hasPrediction() ? new PredictionJson(prediction) : null,
        !reply.getStale(),
        PredictionJson.NONE);
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
        Reading<Q> reading, Address<Q, R> address, Function<R, Found> found) {
      if (reading instanceof Reading.Refusal<Q> refusal) {
        ingress.conclude(exchange, RequestOutcome.REFUSED);
        responses.refuse(refusal.code(), refusal.detail());
        return;
      }
      Q question = ((Reading.Accepted<Q>) reading).request();
      EdgeRead read = keptRead(question);
      EdgeAnswer kept = read.find();
      if (kept != null) {
        exchange.worked(Hop.API_GATEWAY);
        send(read, kept, KEPT);
        return;
      }
      ingress
          .read(exchange, address, question)
          .onComplete(
              reply -> answer(read, found.apply(reply)),
              failure -> responses.refuse(ingress.problem(exchange, (HopFailure) failure)));
    }

    /** A rehearsal is to find the way to the lane each time, and leaves nothing. */
    private EdgeRead keptRead(MessageLite question) {
      Principal principal = exchange.principal();
      EdgeCache cache =
          Rehearsal.isRehearsal(principal.tenant()) ? EdgeCache.OFF : ingress.answers();
      String type = MediaType.ofAccept(request.getHeader(HttpHeaders.ACCEPT)).text();
      return cache.read(
          new AnswerKey(principal.tenant(), principal.tier(), question, type),
          request.getHeader(HttpHeaders.CACHE_CONTROL));
    }

    private void answer(EdgeRead read, Found found) {
      JsonBody json = found.json();
      if (json == null) {
        responses.refuse(ingress.problem(exchange, ProblemCode.NOT_FOUND, found.missing()));
        return;
      }
      byte[] body =
          read.isOf(MediaType.PROTOBUF.text()) ? found.message().toByteArray() : json.bytes();
      send(read, read.made(Buffer.buffer(body), EntityTag.of(body), found.whole()), "");
    }

    private void send(EdgeRead read, EdgeAnswer answer, String timing) {
      ingress.conclude(exchange, RequestOutcome.OK);
      responses.header(SERVER_TIMING, exchange.serverTiming() + timing);
      read.headers(answer, responses::header);
      if (EntityTag.isNamed(request.getHeader(HttpHeaders.IF_NONE_MATCH), answer.tag())) {
        read.revalidated();
        responses.notModified();
      } else {
        responses.send(answer.contentType(), answer.body());
      }
    }
  }
}
