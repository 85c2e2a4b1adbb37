package io.sub30.gateway.ingress;

import io.sub30.budget.NanoClock;
import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.identity.Scope;
import io.sub30.gateway.identity.TokenRefusal;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the streams of one loop share, and whom they are opened for.
 *
 * @param maxMessageBytes of one batch, packed or not
 * @param idleNanos without a batch after which a stream is ended: in good order, so before the
 *     connection would be closed as idle
 */
public record StreamDoor(
    Vertx vertx, Ingress ingress, NanoClock clock, int maxMessageBytes, long idleNanos) {

  /** Who opens a stream, and must be believed as long as it lasts. */
  public record Sender(HttpConnection connection, @Nullable String authorization, Call call) {}

  /**
   * Opens a stream, or says why not. Only its batches count against the tenant's rate; a token that
   * may send none counts as any request does.
   */
  public void admit(Sender sender, Runnable opened, Consumer<Problem> refused) {
    long startNanos = clock.nanoTime();
    ingress
        .authenticate(sender.connection, sender.authorization)
        .onComplete(
            verification -> {
              if (verification instanceof TokenRefusal refusal) {
                refused.accept(problem(sender, refusal));
                return;
              }
              Principal principal = (Principal) verification;
              sender.call.sentBy(principal);
              if (ingress.forbids(principal, Scope.TICKS_WRITE) == null) {
                opened.run();
                return;
              }
              Exchange exchange = ingress.open(sender.call, principal, startNanos, Long.MAX_VALUE);
              ingress
                  .pass(exchange, Scope.TICKS_WRITE)
                  .onSuccess(turnstile -> refused.accept(refusal(turnstile)));
            },
            failure -> refused.accept(ingress.unverified(sender.call, failure)));
  }

  /** What is forbidden is refused, within the rate or over it. */
  private static Problem refusal(Turnstile turnstile) {
    return Objects.requireNonNull(turnstile.refusal());
  }

  private static Problem problem(Sender sender, TokenRefusal refusal) {
    return Problem.of(refusal, sender.call.requestId());
  }
}
