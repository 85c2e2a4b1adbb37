package io.sub30.bus;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.budget.Deadline;
import io.sub30.budget.FakeNanoClock;
import io.sub30.budget.Ledger;
import io.sub30.budget.Outcome;
import io.sub30.budget.Plan;
import io.sub30.budget.Plans;
import io.sub30.budget.Tier;
import io.sub30.v1.Done;
import io.sub30.v1.Heartbeat;
import io.sub30.v1.PredictRequest;
import io.sub30.v1.Prediction;
import io.sub30.v1.Predictions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BusTest {

  private static final int ML = Hop.ML_PROCESSING.ordinal();
  private static final long PLENTY_NANOS = 20_000_000_000L;

  private final Plan plan = Plans.specified();
  private final FakeNanoClock clock = new FakeNanoClock(500);
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void install_otherLines_isRefused() {
    Plan other =
        new Plan(
            List.of(new Plan.Line("all", Duration.ofMillis(30))),
            Duration.ofMillis(30),
            Plans.TIERS);

    assertThatThrownBy(() -> Bus.install(vertx, other, clock, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the budget's lines must be [client_gateway, api_gateway");
  }

  @Test
  void request_answered_booksWaitAndService() throws Exception {
    Bus bus = bus(true);
    serve(
        bus,
        request -> {
          clock.advanceNanos(40);
          return Future.succeededFuture(answer(request.payload().getTerminal()));
        });
    Envelope<Done> origin = origin(PLENTY_NANOS);
    // The asker's clock stands still but for what is advanced here: 40 inside, nothing around it.
    Predictions got = await(bus.request(Address.PREDICT, 3, origin, ask("t9")));

    assertThat(got.getPredictions(0).getSymbol()).isEqualTo("t9");
    assertThat(origin.ledger().serviceNanos(ML)).isEqualTo(40);
    assertThat(origin.ledger().waitNanos(ML)).isZero();
    assertThat(origin.ledger().outcome(ML)).isEqualTo(Outcome.OK);
  }

  @Test
  void request_loopBusyAfterwards_booksTheQueueAsWaiting() throws Exception {
    Bus bus = bus(true);
    Envelope<Done> origin = origin(PLENTY_NANOS);
    Promise<Predictions> answered = Promise.promise();
    Context loop = vertx.getOrCreateContext();
    Promise<Void> served = Promise.promise();
    loop.runOnContext(
        run ->
            bus.serve(Address.PREDICT, 3, request -> Future.succeededFuture(answer("")))
                .onComplete(served));
    await(served.future());
    loop.runOnContext(
        run -> {
          bus.request(Address.PREDICT, 3, origin, ask("t")).onComplete(answered);
          clock.advanceNanos(70); // the one loop of both is not free before this handler returns
        });
    await(answered.future());

    assertThat(origin.ledger().waitNanos(ML)).isEqualTo(70);
    assertThat(origin.ledger().serviceNanos(ML)).isZero();
  }

  @Test
  void request_inProcess_carriesTheSameInstances() throws Exception {
    Bus bus = bus(true);
    AtomicReference<Envelope<PredictRequest>> seen = new AtomicReference<>();
    Predictions answer = answer("EURUSD");
    serve(
        bus,
        request -> {
          seen.set(request);
          return Future.succeededFuture(answer);
        });
    Envelope<Done> origin = origin(PLENTY_NANOS);
    PredictRequest payload = ask("t");
    Predictions got = await(bus.request(Address.PREDICT, 3, origin, payload));

    assertThat(got).isSameAs(answer);
    Envelope<PredictRequest> arrived = requireNonNull(seen.get());
    assertThat(arrived.payload()).isSameAs(payload);
    assertThat(arrived.ledger()).isSameAs(origin.ledger());
    assertThat(arrived.deadline()).isSameAs(origin.deadline());
    assertThat(arrived.tenant()).isEqualTo("acme");
  }

  @Test
  void request_lessThanAMillisecondLeft_isNotSent() throws Exception {
    Bus bus = bus(true);
    AtomicInteger served = new AtomicInteger();
    serve(bus, request -> Future.succeededFuture(answer("" + served.incrementAndGet())));

    HopFailure failure = failure(bus.request(Address.PREDICT, 3, origin(999_999), ask("t")));
    assertThat(failure.code()).isEqualTo(FailureCode.EXPIRED);
    assertThat(failure.hop()).isEqualTo(Hop.ML_PROCESSING);
    assertThat(failure).hasMessage("ml_processing was not asked: 999 us were left");
    assertThat(served).hasValue(0);

    await(bus.request(Address.PREDICT, 3, origin(PLENTY_NANOS), ask("t")));
    assertThat(served).hasValue(1);
  }

  @Test
  void request_withAnAllowance_isAllTheTimeTheHopHas() throws Exception {
    Bus bus = bus(true);
    AtomicReference<Envelope<PredictRequest>> seen = new AtomicReference<>();
    serve(
        bus,
        request -> {
          seen.set(request);
          return Future.succeededFuture(answer(""));
        });
    Envelope<Done> origin = origin(PLENTY_NANOS);

    await(bus.request(Address.PREDICT, 3, origin, ask("t"), 7_000_000));
    assertThat(requireNonNull(seen.get()).deadline().remainingNanos()).isEqualTo(7_000_000);
    await(bus.request(Address.PREDICT, 3, origin, ask("t"), Long.MAX_VALUE));
    assertThat(requireNonNull(seen.get()).deadline())
        .as("more than the request has is never granted")
        .isSameAs(origin.deadline());
    HopFailure none = failure(bus.request(Address.PREDICT, 3, origin, ask("t"), 999_999));
    assertThat(none.code()).isEqualTo(FailureCode.EXPIRED);
    assertThat(none).hasMessage("ml_processing was not asked: 999 us were left");
  }

  @Test
  void request_answeredAfterTheAllowance_isCountedAsWasted() throws Exception {
    Bus bus = bus(true);
    serve(
        bus,
        request -> {
          clock.advanceNanos(9_000_000); // the hop is the last to look at the clock
          return Future.succeededFuture(answer(""));
        });
    await(bus.request(Address.PREDICT, 3, origin(PLENTY_NANOS), ask("t"), 10_000_000));
    assertThat(bus.wasted().count(ML)).isZero();

    await(bus.request(Address.PREDICT, 3, origin(PLENTY_NANOS), ask("t"), 8_000_000));
    assertThat(bus.wasted().count(ML)).isEqualTo(1);
    assertThat(bus.wasted().nanos(ML)).isEqualTo(9_000_000);
    assertThat(bus.wasted().worst(5)).singleElement().extracting("tenant").isEqualTo("acme");
  }

  @Test
  void requestFor_patienceIsOver_isLateThoughTheHopHasTime() throws Exception {
    Bus bus = bus(true);
    AtomicReference<Envelope<PredictRequest>> seen = new AtomicReference<>();
    Promise<Predictions> never = Promise.promise();
    serve(
        bus,
        request -> {
          seen.set(request);
          return never.future();
        });
    Envelope<Done> origin = origin(PLENTY_NANOS);

    HopFailure late = failure(bus.requestFor(5_000_000, Address.PREDICT, 3, origin, ask("t")));
    assertThat(late.code()).isEqualTo(FailureCode.LATE);
    assertThat(requireNonNull(seen.get()).deadline()).isSameAs(origin.deadline());
    HopFailure none = failure(bus.requestFor(999_999, Address.PREDICT, 3, origin, ask("t")));
    assertThat(none.code()).isEqualTo(FailureCode.EXPIRED);
  }

  @Test
  void request_expiredOnTheWay_isRefusedBeforeItStarts() throws Exception {
    Bus bus = bus(true);
    AtomicInteger served = new AtomicInteger();
    serve(bus, request -> Future.succeededFuture(answer("" + served.incrementAndGet())));
    Envelope<Done> origin = origin(PLENTY_NANOS);
    // Time passes between sending and arriving: after the interceptor that stamps the departure.
    vertx
        .eventBus()
        .addOutboundInterceptor(
            ctx -> {
              if (ctx.send() && ctx.body() instanceof Envelope<?>) {
                clock.advanceNanos(PLENTY_NANOS + 3_000);
              }
              ctx.next();
            });
    HopFailure failure = failure(bus.request(Address.PREDICT, 3, origin, ask("t")));

    assertThat(failure.code()).isEqualTo(FailureCode.EXPIRED);
    assertThat(failure)
        .hasMessage("ml_processing was reached 3 us after the deadline of tenant acme");
    assertThat(served).hasValue(0);
    assertThat(origin.ledger().outcome(ML)).isEqualTo(Outcome.LATE);
    assertThat(origin.ledger().waitNanos(ML)).isEqualTo(PLENTY_NANOS + 3_000);
    assertThat(origin.ledger().serviceNanos(ML)).isZero();
  }

  @Test
  void request_noAnswerInTime_isLateAndALaterAnswerChangesNothing() throws Exception {
    Bus bus = bus(true);
    Promise<Predictions> never = Promise.promise();
    serve(bus, request -> never.future());
    Envelope<Done> origin = origin(5_000_000);
    HopFailure failure = failure(bus.request(Address.PREDICT, 3, origin, ask("t")));

    assertThat(failure.code()).isEqualTo(FailureCode.LATE);
    assertThat(failure).hasMessage("ml_processing did not answer in time");
    assertThat(origin.ledger().outcome(ML)).isEqualTo(Outcome.LATE);

    origin.ledger().close(clock.nanoTime());
    long[] reported = origin.ledger().toWire();
    clock.advanceNanos(77);
    never.complete(answer("too late"));
    serve(bus, 4, request -> Future.succeededFuture(answer("")));
    await(bus.request(Address.PREDICT, 4, origin(PLENTY_NANOS), ask("t"))); // lets it pass
    assertThat(origin.ledger().toWire()).isEqualTo(reported);
  }

  @Test
  void request_nobodyThere_isUnavailable() throws Exception {
    Bus bus = bus(true);
    Envelope<Done> origin = origin(PLENTY_NANOS);
    HopFailure failure = failure(bus.request(Address.PREDICT, 8, origin, ask("t")));

    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(origin.ledger().outcome(ML)).isEqualTo(Outcome.FAILED);
  }

  @Test
  void request_serviceRefuses_bringsItsCodeMessageAndWish() throws Exception {
    Bus bus = bus(true);
    serve(
        bus,
        request -> {
          clock.advanceNanos(9);
          return Future.failedFuture(
              new HopFailure(
                  Hop.ML_PROCESSING, FailureCode.OVERLOADED, "100 waiting, limit 100", 1_234));
        });
    Envelope<Done> origin = origin(PLENTY_NANOS);
    HopFailure failure = failure(bus.request(Address.PREDICT, 3, origin, ask("t")));

    assertThat(failure.code()).isEqualTo(FailureCode.OVERLOADED);
    assertThat(failure).hasMessage("100 waiting, limit 100");
    assertThat(failure.retryAfterMillis()).isEqualTo(1_234);
    assertThat(origin.ledger().outcome(ML)).isEqualTo(Outcome.FAILED);
    assertThat(origin.ledger().serviceNanos(ML)).isEqualTo(9);
  }

  @Test
  void request_serviceBreaks_isInternalAndTellsNothing() throws Exception {
    Bus bus = bus(true);
    serve(bus, 3, request -> Future.failedFuture(new IllegalStateException("secret")));
    serve(
        bus,
        4,
        request -> {
          throw new IllegalStateException("secret");
        });
    for (int lane = 3; lane <= 4; lane++) {
      HopFailure failure =
          failure(bus.request(Address.PREDICT, lane, origin(PLENTY_NANOS), ask("t")));
      assertThat(failure.code()).isEqualTo(FailureCode.INTERNAL);
      assertThat(failure).hasMessage("ml failed");
    }
  }

  @Test
  void request_notTracking_booksNothingEvenWhenItFails() throws Exception {
    Bus bus = bus(false);
    serve(bus, request -> Future.succeededFuture(answer("")));
    Envelope<Done> origin = origin(PLENTY_NANOS);
    await(bus.request(Address.PREDICT, 3, origin, ask("t")));
    failure(bus.request(Address.PREDICT, 8, origin, ask("t")));

    assertThat(origin.ledger().spentNanos(ML)).isZero();
    assertThat(origin.ledger().outcome(ML)).isEqualTo(Outcome.FAILED);
  }

  @Test
  void publish_everyListener_hearsIt() throws Exception {
    Bus bus = bus(true);
    Promise<String> first = Promise.promise();
    Promise<String> second = Promise.promise();
    await(bus.listen(Address.HEARTBEAT, beat -> first.complete(beat.payload().getNode())));
    await(bus.listen(Address.HEARTBEAT, beat -> second.complete(beat.payload().getNode())));
    bus.publish(
        Address.HEARTBEAT,
        bus.own("heartbeat", PLENTY_NANOS),
        Heartbeat.newBuilder().setNode("n").build());

    assertThat(await(first.future())).isEqualTo("n");
    assertThat(await(second.future())).isEqualTo("n");
  }

  private Bus bus(boolean tracking) {
    return Bus.install(vertx, plan, clock, tracking);
  }

  private static void serve(Bus bus, Service<PredictRequest, Predictions> service)
      throws Exception {
    serve(bus, 3, service);
  }

  private static void serve(Bus bus, int lane, Service<PredictRequest, Predictions> service)
      throws Exception {
    await(bus.serve(Address.PREDICT, lane, service));
  }

  private Envelope<Done> origin(long remainingNanos) {
    return new Envelope<>(
        Hop.API_GATEWAY,
        "r1",
        "acme",
        Tier.ENTERPRISE,
        false,
        Deadline.after(remainingNanos, clock),
        Ledger.open(plan, clock.nanoTime()),
        Done.getDefaultInstance());
  }

  private static PredictRequest ask(String terminal) {
    return PredictRequest.newBuilder().setTerminal(terminal).build();
  }

  private static Predictions answer(String symbol) {
    return Predictions.newBuilder()
        .addPredictions(Prediction.newBuilder().setSymbol(symbol))
        .build();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static HopFailure failure(Future<?> future) throws Exception {
    try {
      throw new AssertionError("answered: " + await(future));
    } catch (ExecutionException e) {
      return (HopFailure) requireNonNull(e.getCause());
    }
  }
}
