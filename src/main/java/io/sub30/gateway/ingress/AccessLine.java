package io.sub30.gateway.ingress;

import io.sub30.gateway.api.ApiRoute;
import io.sub30.gateway.api.GrpcMethods;
import java.util.Set;

/**
 * One request as the access log tells it. Of what the client sent only the method and the route are
 * in it, never a query, a header or a body; and what is in it cannot end the line or look like
 * another field.
 *
 * @param method of HTTP
 * @param path as it came, without its query; told as the template of a route, or as {@code -}
 * @param status of HTTP; {@link #GONE} when the client did not wait for one
 * @param bytes of the answer's body
 * @param micros from the request's head to the answer's end, or to the client's going
 * @param tenant empty: nobody knows
 * @param requestId ours
 * @param traceId 32 hexadecimal digits
 */
record AccessLine(
    String method,
    String path,
    int status,
    long bytes,
    long micros,
    String tenant,
    String requestId,
    String traceId) {

  /** No answer was begun before the client went. Not of HTTP's own: nginx calls it so. */
  static final int GONE = 499;

  private static final String NONE = "-";
  private static final int MAX_METHOD = 16;
  private static final int MAX_TENANT = 64;

  /** The line without its end. */
  String text() {
    return "method="
        + word(method, MAX_METHOD)
        + " route="
        + route(path)
        + " status="
        + status
        + " bytes="
        + bytes
        + " us="
        + micros
        + " tenant="
        + (tenant.isEmpty() ? NONE : word(tenant, MAX_TENANT))
        + " request="
        + requestId
        + " trace="
        + traceId;
  }

  private static String route(String path) {
    ApiRoute route = ApiRoute.of(path);
    if (route != null) {
      return route.template();
    }
    Set<String> calls = GrpcMethods.PATHS;
    return calls.contains(path) ? path : NONE;
  }

  /** Printable, without blanks, and not longer than that. */
  private static String word(String value, int maxLength) {
    int end = Math.min(value.length(), maxLength);
    StringBuilder text = new StringBuilder(end);
    for (int i = 0; i < end; i++) {
      char c = value.charAt(i);
      text.append(c > ' ' && c < 127 && c != '=' ? c : '?');
    }
    return text.toString();
  }
}
