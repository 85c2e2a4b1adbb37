package io.sub30.bus;

import io.sub30.budget.NanoClock;
import io.sub30.budget.Outcome;
import io.vertx.core.eventbus.DeliveryContext;
import io.vertx.core.eventbus.EventBus;

/**
 * Stamps every envelope and reply that passes the bus, both ways, and refuses work whose time is up
 * before it starts.
 *
 * <p>Replies pass both chains as requests do, so one pair of interceptors sees all four moments of
 * a hop. They read {@code ctx.body()}: {@code message().body()} would decode again. A message whose
 * {@code next()} is not called is lost in silence, so a refusal answers first.
 */
final class BudgetInterceptors {

  private final NanoClock clock;

  BudgetInterceptors(NanoClock clock) {
    this.clock = clock;
  }

  void install(EventBus eventBus) {
    eventBus.addOutboundInterceptor(this::outbound);
    eventBus.addInboundInterceptor(this::inbound);
  }

  private void outbound(DeliveryContext<Object> ctx) {
    Object body = ctx.body();
    if (body instanceof Envelope<?> envelope) {
      envelope.ledger().departed(envelope.hop().ordinal(), clock.nanoTime());
    } else if (body instanceof Reply<?> reply) {
      reply.ledger().replied(reply.hop().ordinal(), clock.nanoTime());
    }
    ctx.next();
  }

  private void inbound(DeliveryContext<Object> ctx) {
    Object body = ctx.body();
    if (body instanceof Envelope<?> envelope) {
      long now = clock.nanoTime();
      envelope.ledger().arrived(envelope.hop().ordinal(), now);
      long remainingNanos = envelope.deadline().remainingNanos(now);
      if (remainingNanos <= 0) {
        ctx.message().fail(FailureCode.EXPIRED.number(), expired(envelope, remainingNanos));
        return;
      }
    } else if (body instanceof Reply<?> reply) {
      reply.ledger().returned(reply.hop().ordinal(), clock.nanoTime(), Outcome.OK);
    }
    ctx.next();
  }

  private static String expired(Envelope<?> envelope, long remainingNanos) {
    return envelope.hop().line()
        + " was reached "
        + -remainingNanos / 1_000
        + " us after the deadline of tenant "
        + envelope.tenant();
  }
}
