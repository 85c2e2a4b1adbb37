package io.sub30.gateway.ingress;

import io.sub30.budget.Tier;
import io.sub30.bus.Bus;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.rates.RateDecision;
import io.sub30.gateway.rates.RateDecision.Verdict;
import io.sub30.gateway.rates.RateLimits;
import io.sub30.gateway.rates.WaitingLine;
import io.sub30.gateway.sharedrates.SharedRates;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Holds each tenant to its rate: lets a request in, refuses it, or has a batch wait for its turn.
 * One a loop; not thread-safe.
 */
final class Entrance {

  private static final long MILLI_NANOS = 1_000_000;
  private static final long NO_TIMER = -1;

  /** Turns a batch may wait for: each but the first went to another process. */
  private static final int MOST_TURNS = 4;

  private final Vertx vertx;
  private final Bus bus;
  private final @Nullable SharedRates shared;
  private final List<WaitingLine<Waiting>> lines = new ArrayList<>(); // by tier
  private long timer = NO_TIMER;
  private long dueNanos;

  /**
   * @param context of the request, whoever's timer lets it in
   */
  private record Waiting(Exchange exchange, Promise<RateDecision> decided, Context context) {}

  /** Who is being answered. */
  public interface Caller {
    /** Has that run when the client goes before it was answered; maybe more than once. */
    void whenGone(Runnable gone);
  }

  /**
   * @param shared confirms what is within the rates here; null: nobody else has a say
   */
  Entrance(Vertx vertx, Bus bus, RateLimits rates, @Nullable SharedRates shared) {
    this.vertx = vertx;
    this.bus = bus;
    this.shared = shared;
    for (Tier tier : Tier.values()) {
      lines.add(new WaitingLine<>(rates, tier, Entrance::decided));
    }
  }

  /** Granted, refused, or no room, without a wait for a turn. */
  Future<RateDecision> ask(Exchange exchange) {
    Principal principal = exchange.principal();
    return confirmed(exchange, lines.get(principal.tier().ordinal()).ask(principal.tenant()));
  }

  /**
   * The same, but maybe after a wait, which is booked. Fails with a {@link CancellationException}
   * when the client has gone meanwhile.
   */
  Future<RateDecision> pass(Exchange exchange, Caller caller) {
    return pass(exchange, caller, 1);
  }

  /** A turn that others have used has another wait in its place, if there is time for it. */
  private Future<RateDecision> pass(Exchange exchange, Caller caller, int turn) {
    Future<RateDecision> here = turn(exchange, caller);
    return shared == null
        ? here
        : here.compose(
            own ->
                confirmed(exchange, own)
                    .compose(
                        decision ->
                            own.granted() && !decision.granted() && turn < MOST_TURNS
                                ? pass(exchange, caller, turn + 1)
                                : Future.succeededFuture(decision)));
  }

  private Future<RateDecision> confirmed(Exchange exchange, RateDecision own) {
    SharedRates others = shared;
    if (others == null || !own.granted()) {
      return Future.succeededFuture(own);
    }
    Principal principal = exchange.principal();
    return others
        .confirm(principal.tenant(), principal.tier())
        .onSuccess(decision -> exchange.turnDecided());
  }

  private Future<RateDecision> turn(Exchange exchange, Caller caller) {
    Principal principal = exchange.principal();
    WaitingLine<Waiting> line = lines.get(principal.tier().ordinal());
    RateDecision decision = line.ask(principal.tenant());
    if (decision.verdict() != Verdict.REFUSED) {
      return Future.succeededFuture(decision);
    }
    Waiting waiting = new Waiting(exchange, Promise.promise(), vertx.getOrCreateContext());
    decision =
        line.join(
            waiting,
            principal.tenant(),
            bus.clock().nanoTime() + exchange.deadline().remainingNanos(),
            // What the path is planned to take, whatever the tier.
            bus.plan().totalNanos());
    if (decision.verdict() != Verdict.WAITING) {
      return Future.succeededFuture(decision);
    }
    caller.whenGone(
        () -> {
          if (line.leave(waiting, principal.tenant())) {
            exchange.turnDecided();
            waiting.decided.fail(new CancellationException("the client has gone"));
          }
        });
    wake(decision.waitNanos());
    return waiting.decided.future();
  }

  private static void decided(Waiting waiting, RateDecision decision) {
    waiting.exchange.turnDecided();
    waiting.context.runOnContext(go -> waiting.decided.complete(decision));
  }

  private void settle() {
    timer = NO_TIMER;
    long nextNanos = WaitingLine.NOBODY;
    for (WaitingLine<Waiting> line : lines) {
      line.settle();
      nextNanos = Math.min(nextNanos, line.nextNanos());
    }
    if (nextNanos != WaitingLine.NOBODY) {
      wake(nextNanos);
    }
  }

  /** One timer, for the next turn of all; no finer than a millisecond, and not before the turn. */
  private void wake(long waitNanos) {
    long due = bus.clock().nanoTime() + waitNanos;
    if (timer != NO_TIMER) {
      if (dueNanos - due <= 0) {
        return;
      }
      vertx.cancelTimer(timer);
    }
    dueNanos = due;
    timer = vertx.setTimer(waitNanos / MILLI_NANOS + 1, id -> settle());
  }
}
