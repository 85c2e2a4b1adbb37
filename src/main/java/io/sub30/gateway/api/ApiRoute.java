package io.sub30.gateway.api;

import io.vertx.core.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/**
 * Every route there is over HTTP, once: what the router serves, what an {@code Allow} header says
 * and what {@code openapi.yaml} must describe.
 */
public enum ApiRoute {
  TICKS(HttpMethod.POST, "/v1/ticks"),
  STREAM(HttpMethod.POST, "/v1/ticks/stream"),
  SIGNALS(HttpMethod.GET, "/v1/signals"),
  QUOTE(HttpMethod.GET, "/v1/quotes/{symbol}"),
  PREDICTION(HttpMethod.GET, "/v1/predictions/{symbol}"),
  BARS(HttpMethod.GET, "/v1/bars/{symbol}"),
  OPENAPI(HttpMethod.GET, "/openapi.yaml");

  /** The name of a path's parameter. */
  public static final String SYMBOL = "symbol";

  private static final String PARAMETER = "{" + SYMBOL + "}";
  private static final ApiRoute[] ALL = values();

  private final HttpMethod method;
  private final String template;
  private final String prefix;

  ApiRoute(HttpMethod method, String template) {
    this.method = method;
    this.template = template;
    this.prefix = template.endsWith("}") ? template.substring(0, template.indexOf('{')) : "";
  }

  /** The one method it has. */
  public HttpMethod method() {
    return method;
  }

  /** The path, with {@code {symbol}} for its parameter. */
  public String template() {
    return template;
  }

  /** The path as the router writes it. */
  public String routerPath() {
    return template.replace(PARAMETER, ":" + SYMBOL);
  }

  /** The route of a path, whatever the method; null when there is none. */
  public static @Nullable ApiRoute of(@Nullable String path) {
    if (path == null) {
      return null;
    }
    for (ApiRoute route : ALL) {
      if (route.prefix.isEmpty() ? path.equals(route.template) : route.matches(path)) {
        return route;
      }
    }
    return null;
  }

  /**
   * The path's parameter, as it stands there.
   *
   * @param path of this route
   */
  public String parameter(String path) {
    return path.substring(prefix.length());
  }

  private boolean matches(String path) {
    return path.length() > prefix.length()
        && path.startsWith(prefix)
        && path.indexOf('/', prefix.length()) < 0;
  }
}
