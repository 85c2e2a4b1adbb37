package io.sub30.ops;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is answered at which path to which method. Not changed any more once the server listens. */
final class RouteTable {

  private final Map<String, Map<HttpMethod, Route>> routes = new TreeMap<>();

  /** What answers, and how large a body it takes; 0 for none. */
  private record Route(Handler handler, int maxBodyBytes) {}

  /** Answers a request whose body was read. */
  @FunctionalInterface
  private interface Handler {
    Answer answer(HttpServerRequest request, Buffer body);
  }

  /** Answers GET, without a body. */
  RouteTable get(String path, Function<HttpServerRequest, Answer> handler) {
    return add(path, HttpMethod.GET, new Route((request, body) -> handler.apply(request), 0));
  }

  /** Answers PUT with a body of that many bytes at most. */
  RouteTable put(String path, int maxBodyBytes, Function<Buffer, Answer> handler) {
    Route route = new Route((request, body) -> handler.apply(body), maxBodyBytes);
    return add(path, HttpMethod.PUT, route);
  }

  private RouteTable add(String path, HttpMethod method, Route route) {
    routes
        .computeIfAbsent(path, first -> new TreeMap<>(Comparator.comparing(HttpMethod::name)))
        .put(method, route);
    return this;
  }

  /** Bytes the body of that request may have; 0 where nothing reads one. */
  int maxBodyBytes(HttpServerRequest request) {
    Route route = at(request.path()).get(request.method());
    return route == null ? 0 : route.maxBodyBytes();
  }

  /** The methods that are answered at the request's path, as the header {@code Allow} has them. */
  String allow(HttpServerRequest request) {
    return at(request.path()).keySet().stream()
        .map(HttpMethod::name)
        .collect(Collectors.joining(", "));
  }

  Answer answer(HttpServerRequest request, Buffer body) {
    Map<HttpMethod, Route> methods = at(request.path());
    if (methods.isEmpty()) {
      return Answer.problem(
          404, "not_found", "Not Found", "there is " + String.join(", ", routes.keySet()));
    }
    Route route = methods.get(request.method());
    if (route == null) {
      return Answer.problem(
          405,
          "method_not_allowed",
          "Method Not Allowed",
          request.method() + " is not answered here, only " + allow(request));
    }
    return route.handler().answer(request, body);
  }

  private Map<HttpMethod, Route> at(@Nullable String path) {
    return path == null ? Map.of() : routes.getOrDefault(path, Map.of());
  }
}
