package io.sub30.gateway.ingress;

import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.connections.ConnectionGuard;
import io.sub30.gateway.identity.Credentials;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.identity.Rehearsal;
import io.sub30.gateway.identity.TokenCache;
import io.sub30.gateway.identity.TokenFault;
import io.sub30.gateway.identity.TokenRefusal;
import io.sub30.gateway.identity.Verification;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who sends a request, and whether over one connection too many. One a loop; not thread-safe. */
final class Authentication {

  private static final Logger log = LoggerFactory.getLogger(Authentication.class);
  private static final String BEARER = "Bearer ";

  private final TokenCache tokens;
  private final Verifications verifications;
  private final Rehearsal rehearsal;
  private final ConnectionGuard guard;

  Authentication(Vertx vertx, Credentials credentials, ConnectionGuard guard) {
    this.tokens = credentials.tokens();
    this.verifications = new Verifications(vertx, tokens);
    this.rehearsal = credentials.rehearsal();
    this.guard = guard;
  }

  /**
   * Who sent that {@code Authorization} header on that connection. Fails with a {@link HopFailure}
   * when its tenant has too many of them, or too many tokens wait to be verified.
   */
  Future<Verification> authenticate(HttpConnection connection, @Nullable String authorization) {
    Future<Verification> verified = verified(connection, authorization);
    if (verified.succeeded()) {
      return guard(connection, verified.result());
    }
    return verified.compose(verification -> guard(connection, verification));
  }

  private Future<Verification> guard(HttpConnection connection, Verification verification) {
    String why =
        verification instanceof Principal principal
            ? guard.refusal(connection, principal.tenant())
            : null;
    return why == null
        ? Future.succeededFuture(verification)
        : Future.failedFuture(new HopFailure(Hop.CLIENT_GATEWAY, FailureCode.OVERLOADED, why));
  }

  /**
   * Known at once for a remembered token; a new one is verified on a worker, because a signature
   * costs more than the whole line of the gateway.
   */
  private Future<Verification> verified(HttpConnection connection, @Nullable String authorization) {
    if (authorization == null) {
      return refused("send an Authorization header with a bearer token");
    }
    if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return refused("the Authorization header must be 'Bearer' and a token");
    }
    String token = authorization.substring(BEARER.length());
    Principal actor = rehearsal.principal(token);
    if (actor != null && rehearsal.firstTime(token)) {
      return verifications
          .verify(connection, token)
          .map(actor); // as a real one's first request does
    }
    Principal known = actor != null ? actor : tokens.remembered(token, verifications::renew);
    return known != null ? Future.succeededFuture(known) : verifications.verify(connection, token);
  }

  /** What the client gets when nobody could say whether its token is good. */
  Problem unverified(Call call, Throwable failure) {
    String requestId = call.requestId();
    if (failure instanceof HopFailure overloaded) {
      return Problem.of(ProblemCode.UNAVAILABLE, String.valueOf(overloaded.getMessage()), requestId)
          .withRetryAfterMillis(Conclusion.OVERLOAD_RETRY_MILLIS);
    }
    log.error(
        "request {} ({}): the token could not be verified", requestId, call.traceparent(), failure);
    return Problem.of(ProblemCode.INTERNAL, "the token could not be verified", requestId);
  }

  private static Future<Verification> refused(String detail) {
    return Future.succeededFuture(new TokenRefusal(TokenFault.MISSING, detail));
  }
}
