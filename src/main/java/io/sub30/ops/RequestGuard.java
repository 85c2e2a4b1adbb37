package io.sub30.ops;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a request must be like before anyone answers it: one host, no body where none is read, and,
 * when the server is bound to a loopback address, addressed to a loopback host. The last keeps out
 * web pages whose own name was made to resolve to 127.0.0.1 (DNS rebinding): their requests carry
 * that name.
 */
final class RequestGuard {

  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d{1,5})?", Pattern.CASE_INSENSITIVE);

  private final boolean loopbackOnly;

  RequestGuard(boolean loopbackOnly) {
    this.loopbackOnly = loopbackOnly;
  }

  /**
   * The refusal; empty when the request may go on.
   *
   * @param readsBody whether its body will be read, up to a bound
   */
  Optional<Answer> refuse(HttpServerRequest request, boolean readsBody) {
    List<String> hosts = request.headers().getAll(HttpHeaders.HOST);
    if (hosts.size() != 1) {
      return Optional.of(
          Answer.problem(
              400, "bad_host", "Bad Request", "expected one Host header, got " + hosts.size()));
    }
    if (loopbackOnly && !LOOPBACK.matcher(hosts.get(0)).matches()) {
      return Optional.of(
          Answer.problem(
              421,
              "foreign_host",
              "Misdirected Request",
              "this server answers for localhost, 127.0.0.1 and [::1] only"));
    }
    if (!readsBody && hasBody(request)) {
      return Optional.of(
          Answer.problem(
              413, "no_body_expected", "Content Too Large", "this request is to have no body"));
    }
    return Optional.empty();
  }

  /** Whether the request says that a body follows. */
  static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        || (length != null && !length.equals("0"));
  }
}
