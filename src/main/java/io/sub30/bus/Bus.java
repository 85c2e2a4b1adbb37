package io.sub30.bus;

import com.google.protobuf.MessageLite;
import io.sub30.budget.Deadline;
import io.sub30.budget.Ledger;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Outcome;
import io.sub30.budget.Plan;
import io.sub30.budget.Tier;
import io.sub30.budget.WastedTime;
import io.sub30.v1.Done;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The budgeted event bus. One instance a process, used from any lane; answers and deliveries come
 * on the caller's own loop.
 *
 * <p>The reply timeout is set here and not in an interceptor, because Vert.x starts the reply timer
 * before the outbound chain runs. Its granularity is a whole millisecond: it is rounded down, and
 * with less than one left nothing is sent.
 */
public final class Bus {

  private static final Logger log = LoggerFactory.getLogger(Bus.class);
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final EventBus eventBus;
  private final NanoClock clock;
  private final Plan plan;
  private final boolean tracking;
  private final WastedTime wasted;
  private final Faults faults;

  private Bus(EventBus eventBus, NanoClock clock, Plan plan, boolean tracking, Faults faults) {
    this.eventBus = eventBus;
    this.clock = clock;
    this.plan = plan;
    this.tracking = tracking;
    this.wasted = new WastedTime(plan.size());
    this.faults = faults;
  }

  /** As {@link #install(Vertx, Plan, NanoClock, boolean, Faults)}, without faults. */
  public static Bus install(Vertx vertx, Plan plan, NanoClock clock, boolean tracking) {
    return install(vertx, plan, clock, tracking, Faults.off());
  }

  /**
   * Registers the codecs and, unless {@code tracking} is off, the interceptors. Once for each
   * Vert.x instance.
   *
   * @param faults what tests and drills inject, here and at the stores
   * @throws IllegalArgumentException when the plan's lines are not those of {@link Hop}
   */
  public static Bus install(
      Vertx vertx, Plan plan, NanoClock clock, boolean tracking, Faults faults) {
    if (!Hop.matches(plan)) {
      throw new IllegalArgumentException(
          "the budget's lines must be " + Hop.lines() + ", in this order");
    }
    EventBus eventBus = vertx.eventBus();
    EnvelopeCodec codec = new EnvelopeCodec(plan, clock);
    registerCodecs(eventBus, codec, new ReplyCodec(plan, codec));
    if (tracking) {
      new BudgetInterceptors(clock).install(eventBus);
    }
    return new Bus(eventBus, clock, plan, tracking, faults);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // a codec is registered for a raw class
  private static void registerCodecs(
      EventBus eventBus, EnvelopeCodec envelopes, ReplyCodec replies) {
    eventBus.registerDefaultCodec((Class) Envelope.class, envelopes);
    eventBus.registerDefaultCodec((Class) Reply.class, replies);
  }

  public NanoClock clock() {
    return clock;
  }

  public Plan plan() {
    return plan;
  }

  /** What hops have done for nobody, over all lanes. */
  public WastedTime wasted() {
    return wasted;
  }

  /** The process's switch for injected faults. */
  public Faults faults() {
    return faults;
  }

  /**
   * Asks {@code address} on {@code lane}, for as long as the request has time.
   *
   * @return the answer, or a {@link HopFailure}: {@code LATE} when the time ran out, {@code
   *     EXPIRED} when there was none left
   */
  public <Q extends MessageLite, R extends MessageLite> Future<R> request(
      Address<Q, R> address, int lane, Envelope<?> origin, Q payload) {
    return requestFor(Long.MAX_VALUE, address, lane, origin, payload);
  }

  /**
   * As above, for at most {@code allowanceNanos}, which is also all the time the hop is told it
   * has. Never longer than the request has time.
   */
  public <Q extends MessageLite, R extends MessageLite> Future<R> request(
      Address<Q, R> address, int lane, Envelope<?> origin, Q payload, long allowanceNanos) {
    long now = clock.nanoTime();
    long remainingNanos = origin.deadline().remainingNanos(now);
    if (allowanceNanos >= remainingNanos) {
      return request(address, lane, origin, payload);
    }
    if (allowanceNanos < NANOS_PER_MILLI) {
      return notAsked(address.hop(), allowanceNanos);
    }
    Envelope<Q> envelope =
        origin.to(address.hop(), payload, Deadline.at(now, allowanceNanos, clock));
    return ask(address, lane, origin, envelope, allowanceNanos);
  }

  /**
   * As the first, but who asks gives up after {@code patienceNanos}, so that there is time left to
   * say so; the hop is told all the time the request has. Never longer than that.
   */
  public <Q extends MessageLite, R extends MessageLite> Future<R> requestFor(
      long patienceNanos, Address<Q, R> address, int lane, Envelope<?> origin, Q payload) {
    long nanos = Math.min(patienceNanos, origin.deadline().remainingNanos());
    return nanos < NANOS_PER_MILLI
        ? notAsked(address.hop(), nanos)
        : ask(address, lane, origin, origin.to(address.hop(), payload), nanos);
  }

  private static <R> Future<R> notAsked(Hop hop, long leftNanos) {
    String why = hop.line() + " was not asked: " + Math.max(0, leftNanos / 1_000) + " us were left";
    return Future.failedFuture(new HopFailure(hop, FailureCode.EXPIRED, why));
  }

  private <Q extends MessageLite, R extends MessageLite> Future<R> ask(
      Address<Q, R> address, int lane, Envelope<?> origin, Envelope<Q> envelope, long nanos) {
    Hop hop = address.hop();
    DeliveryOptions options = new DeliveryOptions().setSendTimeout(nanos / NANOS_PER_MILLI);
    return eventBus
        .<Reply<R>>request(address.on(lane), envelope, options)
        .transform(
            (message, failure) ->
                failure == null
                    ? Future.succeededFuture(accept(message.body(), origin.ledger()))
                    : Future.failedFuture(failed(hop, failure, origin)));
  }

  private <R extends MessageLite> R accept(Reply<R> reply, Ledger ledger) {
    if (tracking && reply.ledger() != ledger) {
      ledger.returnedFromWire(
          reply.hop().ordinal(), clock.nanoTime(), reply.ledger().toWire(), Outcome.OK);
    }
    return reply.payload();
  }

  private HopFailure failed(Hop hop, Throwable failure, Envelope<?> origin) {
    HopFailure known = known(hop, failure);
    FailureCode code = known.code();
    boolean late = code == FailureCode.LATE || code == FailureCode.EXPIRED;
    Outcome outcome = late ? Outcome.LATE : Outcome.FAILED;
    if (tracking) {
      origin.ledger().returned(hop.ordinal(), clock.nanoTime(), outcome);
    } else { // nothing was stamped when the hop was asked, so there is no time to book
      origin.ledger().conclude(hop.ordinal(), outcome);
    }
    return known;
  }

  private static HopFailure known(Hop hop, Throwable failure) {
    String why = String.valueOf(failure.getMessage());
    if (failure instanceof ReplyException reply) {
      return switch (reply.failureType()) {
        case TIMEOUT -> late(hop);
        case NO_HANDLERS -> new HopFailure(hop, FailureCode.UNAVAILABLE, why);
        case RECIPIENT_FAILURE -> {
          HopFailure said = HopFailure.received(hop, reply.failureCode(), why);
          yield said.code() == FailureCode.LATE ? late(hop) : said;
        }
        default -> new HopFailure(hop, FailureCode.INTERNAL, why);
      };
    }
    return new HopFailure(hop, FailureCode.INTERNAL, why);
  }

  private static HopFailure late(Hop hop) {
    return new HopFailure(hop, FailureCode.LATE, hop.line() + " did not answer in time");
  }

  /** Sends without expecting an answer. */
  public <Q extends MessageLite> void send(
      Address<Q, ?> address, int lane, Envelope<?> origin, Q payload) {
    eventBus.send(address.on(lane), origin.to(address.hop(), payload));
  }

  /** Sends to everyone who listens to {@code address}, on whatever lane. */
  public <Q extends MessageLite> void publish(
      Address<Q, ?> address, Envelope<?> origin, Q payload) {
    eventBus.publish(address.name(), origin.to(address.hop(), payload));
  }

  /**
   * Serves {@code address} on {@code lane}; what is served runs on the loop this is called from.
   */
  public <Q extends MessageLite, R extends MessageLite> Future<Void> serve(
      Address<Q, R> address, int lane, Service<Q, R> service) {
    Service<Q, R> served = faults.around(address, service);
    MessageConsumer<Envelope<Q>> consumer =
        eventBus.consumer(address.on(lane), message -> answer(address, served, message));
    return consumer.completion();
  }

  /** Listens to what is {@link #publish}ed at {@code address}. */
  public <Q extends MessageLite> Future<Void> listen(
      Address<Q, ?> address, Consumer<Envelope<Q>> listener) {
    MessageConsumer<Envelope<Q>> consumer =
        eventBus.consumer(address.name(), message -> listener.accept(message.body()));
    return consumer.completion();
  }

  private <Q extends MessageLite, R extends MessageLite> void answer(
      Address<Q, R> address, Service<Q, R> service, Message<Envelope<Q>> message) {
    Envelope<Q> request = message.body();
    Future<R> answer;
    try {
      answer = service.serve(request);
    } catch (RuntimeException e) {
      answer = Future.failedFuture(e);
    }
    answer.onComplete(
        payload -> {
          if (message.replyAddress() != null) {
            countIfLate(address.hop(), request);
            message.reply(new Reply<>(address.hop(), request.ledger(), payload));
          }
        },
        failure -> refuse(address, request, failure, message));
  }

  /** An answer that nobody waits for any more is sent all the same: the bus drops it. */
  private void countIfLate(Hop hop, Envelope<?> request) {
    if (!tracking || request.ledger().isDetached()) {
      return;
    }
    long now = clock.nanoTime();
    if (request.deadline().remainingNanos(now) < 0) {
      long startedNanos = request.ledger().stampNanos(hop.ordinal());
      wasted.add(hop.ordinal(), request.tenant(), now - startedNanos);
    }
  }

  private void refuse(
      Address<?, ?> address, Envelope<?> request, Throwable failure, Message<?> message) {
    if (tracking) {
      request.ledger().replied(address.hop().ordinal(), clock.nanoTime());
    }
    HopFailure said;
    if (failure instanceof HopFailure known) {
      said = known;
    } else {
      said = new HopFailure(address.hop(), FailureCode.INTERNAL, address.name() + " failed");
      log.error(
          "request {} of tenant {} failed at {}",
          request.requestId(),
          request.tenant(),
          address.name(),
          failure);
    }
    if (message.replyAddress() != null) {
      countIfLate(address.hop(), request);
      message.fail(
          said.number(),
          said.code() == FailureCode.INTERNAL ? address.name() + " failed" : said.getMessage());
    }
  }

  /**
   * An envelope of the system itself, for messages that belong to no request: heartbeats and their
   * like.
   *
   * @param nanos how long the message is worth delivering
   */
  public Envelope<Done> own(String purpose, long nanos) {
    return new Envelope<>(
        Hop.CENTRAL_HUB,
        purpose,
        "",
        Tier.FREE,
        false,
        Deadline.after(nanos, clock),
        Ledger.detached(plan),
        Done.getDefaultInstance());
  }
}
