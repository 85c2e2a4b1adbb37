package io.sub30.gateway.ingress;

import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.gateway.identity.TokenCache;
import io.sub30.gateway.identity.Verification;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tokens whose signatures are being checked: a check takes about a millisecond of a processor,
 * and anybody can ask for one. So half of the processors do that at most, whoever floods; a token
 * is checked once, however many of its requests wait; and what waits is bounded, for a loop and for
 * each of its connections. One a loop, whose threads are those of all loops; not thread-safe.
 */
final class Verifications {

  /** Tokens that may wait on one loop. */
  static final int MAX_VERIFYING = 128;

  /** Tokens that one connection may have waiting: those of several tenants, at their first. */
  static final int MAX_OF_A_CONNECTION = 32;

  private final TokenCache tokens;
  private final WorkerExecutor threads;
  private final Map<String, Future<Verification>> verifying = new HashMap<>();
  private final Map<HttpConnection, Integer> waiting = new IdentityHashMap<>();

  Verifications(Vertx vertx, TokenCache tokens) {
    this.tokens = tokens;
    this.threads =
        vertx.createSharedWorkerExecutor(
            "sub30-verify", Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
  }

  /** Fails with a {@link HopFailure} when too many wait. */
  Future<Verification> verify(HttpConnection connection, String token) {
    Future<Verification> underWay = verifying.get(token);
    if (underWay != null) {
      return underWay;
    }
    if (verifying.size() >= MAX_VERIFYING) {
      return overloaded(verifying.size() + " tokens are being verified on this lane");
    }
    int ofConnection = waiting.getOrDefault(connection, 0);
    if (ofConnection >= MAX_OF_A_CONNECTION) {
      return overloaded(ofConnection + " tokens of this connection are being verified");
    }
    waiting.put(connection, ofConnection + 1);
    return checked(token)
        .onComplete(done -> waiting.computeIfPresent(connection, (at, n) -> less(n)));
  }

  private static @Nullable Integer less(int count) {
    return count == 1 ? null : count - 1;
  }

  /** Has the signature of a token that is still good looked at again, if there is room for that. */
  void renew(String token) {
    if (verifying.size() < MAX_VERIFYING && !verifying.containsKey(token)) {
      checked(token);
    }
  }

  private Future<Verification> checked(String token) {
    Future<Verification> check = threads.executeBlocking(() -> tokens.check(token), false);
    verifying.put(token, check);
    return check.onComplete(done -> verifying.remove(token));
  }

  private static Future<Verification> overloaded(String what) {
    return Future.failedFuture(
        new HopFailure(Hop.CLIENT_GATEWAY, FailureCode.OVERLOADED, what + ", which is the bound"));
  }
}
