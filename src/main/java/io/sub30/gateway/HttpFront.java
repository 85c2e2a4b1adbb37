package io.sub30.gateway;

import io.sub30.budget.NanoClock;
import io.sub30.config.HttpConfig;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.api.ApiDocument;
import io.sub30.gateway.api.ApiRoute;
import io.sub30.gateway.api.GrpcMethods;
import io.sub30.gateway.connections.ConnectionGuard;
import io.sub30.gateway.grpc.GrpcFront;
import io.sub30.gateway.http.DocumentRoute;
import io.sub30.gateway.http.HttpTickStream;
import io.sub30.gateway.http.ReadDoor;
import io.sub30.gateway.http.Responses;
import io.sub30.gateway.http.SignalsRoute;
import io.sub30.gateway.http.SymbolRoutes;
import io.sub30.gateway.http.TicksRoute;
import io.sub30.gateway.ingress.Ingress;
import io.sub30.gateway.ingress.StreamDoor;
import io.sub30.gateway.requests.SymbolQueries;
import io.sub30.gateway.text.Refused;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.grpc.server.Service;
import java.util.Set;

/**
 * The API over HTTP/2, HTTP/1.1 and gRPC on one port. The path of a batch is dispatched by hand,
 * since it is the one that has to be fast, and so is what is read of a symbol that is spelled
 * plainly, since the answer is often at hand; everything else goes through the router.
 */
final class HttpFront implements Handler<HttpServerRequest> {

  private static final String GRPC = "application/grpc";

  private final TicksRoute ticks;
  private final GrpcFront grpc;
  private final Router router;
  private final SymbolRoutes symbols;
  private final Ingress ingress;
  private final ConnectionGuard guard;
  private final StreamDoor streams;

  HttpFront(
      Vertx vertx,
      Ingress ingress,
      NanoClock clock,
      HttpConfig bounds,
      SymbolQueries queries,
      ConnectionGuard guard,
      ApiDocument document) {
    this.guard = guard;
    this.ingress = ingress;
    this.ticks = new TicksRoute(ingress, clock, bounds.maxBodyBytes());
    this.streams =
        new StreamDoor(
            vertx, ingress, clock, bounds.maxBodyBytes(), bounds.idleTimeout().toNanos() / 4 * 3);
    this.grpc = new GrpcFront(streams, queries);
    ReadDoor door = new ReadDoor(ingress, clock);
    this.router = router(vertx, new SignalsRoute(ingress, door));
    this.symbols = new SymbolRoutes(ingress, door, queries);
    symbols.mount(router);
    DocumentRoute description = new DocumentRoute(document, ingress);
    router
        .get(ApiRoute.OPENAPI.routerPath())
        .handler(context -> description.handle(context.request()));
    router.getRoutes().forEach(HttpFront::listed);
  }

  /** A route that {@link ApiRoute} does not know would be described nowhere. */
  private static void listed(Route route) {
    ApiRoute known = ApiRoute.of(route.getPath());
    if (known == null || !Set.of(known.method()).equals(route.methods())) {
      throw new IllegalStateException(
          route.methods() + " " + route.getPath() + " is not in ApiRoute");
    }
  }

  private Router router(Vertx vertx, SignalsRoute signals) {
    Router routes = Router.router(vertx);
    routes.get(ApiRoute.SIGNALS.routerPath()).handler(context -> signals.handle(context.request()));
    routes.errorHandler(404, this::notFound);
    routes.errorHandler(405, this::methodNotAllowed);
    routes.errorHandler(500, this::failed);
    return routes;
  }

  /** Serves one more gRPC service on the same port. */
  void offer(Service service) {
    grpc.offer(service);
  }

  @Override
  public void handle(HttpServerRequest request) {
    guard.started(request, streams(request));
    if (request.headers().getAll(HttpHeaders.HOST).size() > 1) {
      new Responses(request, ingress.called(request))
          .refuse(ProblemCode.MALFORMED, "the request names more than one Host; it must name one");
      return;
    }
    if (request.method() == HttpMethod.POST) {
      if (ApiRoute.TICKS.template().equals(request.path())) {
        ticks.handle(request);
        return;
      }
      if (ApiRoute.STREAM.template().equals(request.path())) {
        HttpTickStream.open(streams, request, ingress.called(request));
        return;
      }
      String contentType = request.getHeader("content-type");
      if (contentType != null && contentType.startsWith(GRPC)) {
        grpc.handle(request);
        return;
      }
    } else if (request.method() == HttpMethod.GET && symbols.handle(request)) {
      return;
    }
    router.handle(request);
  }

  private static boolean streams(HttpServerRequest request) {
    String path = request.path();
    return request.method() == HttpMethod.POST
        && (ApiRoute.STREAM.template().equals(path) || GrpcMethods.STREAM_PATH.equals(path));
  }

  private void notFound(RoutingContext context) {
    ApiRoute route = ApiRoute.of(context.request().path());
    if (route == ApiRoute.TICKS || route == ApiRoute.STREAM) {
      methodNotAllowed(context);
      return;
    }
    refuse(
        context,
        ProblemCode.NOT_FOUND,
        "no route has the path " + Refused.shown(context.request().path()));
  }

  private void methodNotAllowed(RoutingContext context) {
    ApiRoute route = ApiRoute.of(context.request().path());
    if (route != null) {
      context.response().putHeader("allow", route.method().name());
    }
    String method = Refused.plain(context.request().method().name());
    refuse(
        context,
        ProblemCode.METHOD_NOT_ALLOWED,
        method + " is not served here; see the Allow header");
  }

  private void failed(RoutingContext context) {
    refuse(context, ProblemCode.INTERNAL, "the request failed");
  }

  private void refuse(RoutingContext context, ProblemCode code, String detail) {
    new Responses(context.request(), ingress.called(context.request())).refuse(code, detail);
  }
}
