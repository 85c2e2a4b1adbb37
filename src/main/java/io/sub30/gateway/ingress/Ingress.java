package io.sub30.gateway.ingress;

import com.google.protobuf.MessageLite;
import io.sub30.budget.BudgetTracker;
import io.sub30.budget.EpochClock;
import io.sub30.budget.RequestOutcome;
import io.sub30.budget.Tier;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.bus.LaneSnapshot;
import io.sub30.gateway.answers.Problem;
import io.sub30.gateway.answers.ProblemCode;
import io.sub30.gateway.answers.Rejections;
import io.sub30.gateway.connections.ConnectionGuard;
import io.sub30.gateway.edge.EdgeCache;
import io.sub30.gateway.identity.Credentials;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.identity.Rehearsal;
import io.sub30.gateway.identity.Scope;
import io.sub30.gateway.identity.Verification;
import io.sub30.gateway.rates.RateLimits;
import io.sub30.gateway.requests.ContentHash;
import io.sub30.gateway.sharedrates.SharedRates;
import io.sub30.v1.Submission;
import io.sub30.v1.SubmissionReply;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection's side of the gateway, whatever the transport: who is asking, which lane the
 * tenant lives on, and what the lane's reply means. One a loop; not thread-safe.
 */
public final class Ingress {

  /** Of less time than the plan's at most so large a part is kept for the response. */
  private static final int MOST_KEPT_PART = 10;

  /** How late a timer may be. */
  private static final long TIMER_NANOS = 1_000_000;

  private final Bus bus;
  private final long responseNanos;
  private final Supplier<LaneSnapshot> lanes;
  private final EpochClock epochClock;
  private final Calls calls;
  private final Authentication authentication;
  private final Admittance admittance;
  private final Conclusion conclusion;
  private final LaneRefusals refusals;
  private final EdgeCache answers;
  private final ContentHash contentHash = new ContentHash();

  /**
   * What the ingresses of all lanes share.
   *
   * @param credentials whom they believe
   * @param rates that tenants are held to
   * @param refusals what the lanes of this process turn away
   * @param answers those to reads that are kept
   * @param accessLog null: requests are not logged
   */
  public record Shared(
      Credentials credentials,
      RateLimits rates,
      LaneRefusals refusals,
      EdgeCache answers,
      @Nullable AccessLog accessLog) {}

  /**
   * @param sharedRates null: only this process serves its tenants
   * @param only the tier whose tokens are good here; null: those of every tier are
   */
  public Ingress(
      Vertx vertx,
      Bus bus,
      Supplier<LaneSnapshot> lanes,
      Shared shared,
      BudgetTracker tracker,
      EpochClock epochClock,
      ConnectionGuard guard,
      @Nullable SharedRates sharedRates,
      @Nullable Tier only) {
    this.bus = bus;
    this.responseNanos = bus.plan().lines().get(Hop.RESPONSE_ASSEMBLY.ordinal()).budget().toNanos();
    this.calls = new Calls(shared.accessLog(), bus.clock());
    this.authentication = new Authentication(vertx, shared.credentials(), guard);
    this.conclusion = new Conclusion(tracker);
    this.admittance =
        new Admittance(
            new Entrance(vertx, bus, shared.rates(), sharedRates),
            new Entrance(vertx, bus, RateLimits.rehearsed(bus.clock()), null),
            conclusion,
            only);
    this.refusals = shared.refusals();
    this.answers = shared.answers();
    this.lanes = lanes;
    this.epochClock = epochClock;
  }

  /** Names a request that has begun; to be asked once for each. */
  public Call called(HttpServerRequest request) {
    return calls.enter(request);
  }

  /** Names a batch of a stream. */
  Call within(Call stream) {
    return calls.within(stream);
  }

  /** As {@link Authentication#authenticate}. */
  public Future<Verification> authenticate(
      HttpConnection connection, @Nullable String authorization) {
    return authentication.authenticate(connection, authorization);
  }

  /** As {@link Authentication#unverified}. */
  public Problem unverified(Call call, Throwable failure) {
    return authentication.unverified(call, failure);
  }

  /** Opens the ledger of a request whose sender is known. */
  public Exchange open(Call call, Principal principal, long startNanos, long askedNanos) {
    Exchange exchange =
        new Exchange(call.requestId(), principal, bus.plan(), bus.clock(), startNanos, askedNanos);
    exchange.ledger().traced(call.traceparent());
    call.sentBy(principal);
    return exchange;
  }

  /** As {@link Admittance#pass(Exchange, Scope)}. */
  public Future<Turnstile> pass(Exchange exchange, Scope needed) {
    return admittance.pass(exchange, needed);
  }

  /** As {@link Admittance#pass(Exchange, Scope, Entrance.Caller)}. */
  public Future<Turnstile> pass(Exchange exchange, Scope needed, Entrance.Caller caller) {
    return admittance.pass(exchange, needed, caller);
  }

  /** As {@link Admittance#forbids}. */
  @Nullable String forbids(Principal principal, Scope needed) {
    return admittance.forbids(principal, needed);
  }

  /** Takes a batch to its tenant's lane and back. Never fails. */
  public Future<Answer> submit(Exchange exchange, TickBatch batch) {
    if (!exchange.principal().maySendFor(batch.getTerminal())) {
      String detail =
          "the token is for terminal "
              + exchange.principal().terminal()
              + ", the batch is of terminal "
              + batch.getTerminal();
      return Future.succeededFuture(refuse(exchange, ProblemCode.FORBIDDEN, detail));
    }
    exchange.worked(Hop.CLIENT_GATEWAY);
    int lane = resolve(exchange);
    if (lane < 0) {
      return Future.succeededFuture(
          refuse(
              exchange, ProblemCode.UNAVAILABLE, "no lane serves the tier yet; retry in a second"));
    }
    HopFailure refusal = refusals.refusal(lane, exchange, batch, bus.clock().nanoTime());
    if (refusal != null) {
      exchange.worked(Hop.API_GATEWAY);
      return Future.succeededFuture(refuse(exchange, refusal));
    }
    Submission submission =
        Submission.newBuilder()
            .setBatch(batch)
            .setReceivedMsc(epochClock.epochMillis())
            .setContentHash(contentHash.of(batch))
            .build();
    return bus.requestFor(
            patienceNanos(exchange),
            Address.SUBMIT,
            lane,
            envelope(exchange, submission),
            submission)
        .transform(
            (reply, failure) -> {
              exchange.laneReturned();
              // Before the client is told, and whatever it is told: a failure may have been stored.
              answers.wrote(exchange.principal().tenant());
              return Future.succeededFuture(
                  failure == null
                      ? answer(exchange, reply)
                      : refuse(exchange, (HopFailure) failure));
            });
  }

  /**
   * How long the lane is waited for: a client whose batch is late is to hear of it in time, for
   * which the response's own line is kept and what a timer is late, or a tenth of less time.
   */
  private long patienceNanos(Exchange exchange) {
    long remainingNanos = exchange.deadline().remainingNanos(bus.clock().nanoTime());
    return remainingNanos - Math.min(responseNanos + TIMER_NANOS, remainingNanos / MOST_KEPT_PART);
  }

  /** What is kept of answers to reads. */
  public EdgeCache answers() {
    return answers;
  }

  /** Asks the stores of the tenant's lane. Fails with a {@link HopFailure} only. */
  public <Q extends MessageLite, R extends MessageLite> Future<R> read(
      Exchange exchange, Address<Q, R> address, Q request) {
    int lane = resolve(exchange);
    if (lane < 0) {
      return Future.failedFuture(
          new HopFailure(Hop.CENTRAL_HUB, FailureCode.UNAVAILABLE, "no lane serves the tier yet"));
    }
    return bus.request(address, lane, envelope(exchange, request), request)
        .onComplete(asked -> exchange.storesReturned());
  }

  private int resolve(Exchange exchange) {
    int lane = lanes.get().resolve(exchange.principal().tenant(), exchange.principal().tier());
    exchange.worked(Hop.CENTRAL_HUB);
    return lane;
  }

  private static <Q extends MessageLite> Envelope<Q> envelope(Exchange exchange, Q payload) {
    Principal principal = exchange.principal();
    return new Envelope<>(
        Hop.API_GATEWAY,
        exchange.requestId(),
        principal.tenant(),
        principal.tier(),
        Rehearsal.isRehearsal(principal.tenant()),
        exchange.deadline(),
        exchange.ledger(),
        payload);
  }

  private Answer answer(Exchange exchange, SubmissionReply reply) {
    return switch (reply.getVerdict()) {
      case ACCEPTED -> accept(exchange, reply.getResult());
      case NOTHING_VALID ->
          refuse(exchange, ProblemCode.NOTHING_VALID, Rejections.describe(reply.getResult()));
      case SEQUENCE_CONFLICT ->
          refuse(
              exchange,
              ProblemCode.SEQUENCE_CONFLICT,
              "this sequence of the terminal is stored with other content; count on from the"
                  + " highest one that was acknowledged");
      case SEQUENCE_EXPIRED ->
          refuse(
              exchange,
              ProblemCode.SEQUENCE_EXPIRED,
              "this sequence was stored, but its outcome is no longer kept");
      default -> refuse(exchange, ProblemCode.INTERNAL, "the lane gave no verdict");
    };
  }

  private Answer accept(Exchange exchange, TickResult outcome) {
    TickResult.Builder result =
        outcome.toBuilder()
            .setRequestId(exchange.requestId())
            .setTenant(exchange.principal().tenant())
            .setTier(exchange.principal().tier().label());
    conclude(
        exchange, outcome.getDegradedCount() > 0 ? RequestOutcome.DEGRADED : RequestOutcome.OK);
    return new Answer.Accepted(result.setBudget(exchange.budget()).build());
  }

  private Answer refuse(Exchange exchange, HopFailure failure) {
    return new Answer.Refused(problem(exchange, failure));
  }

  private Answer refuse(Exchange exchange, ProblemCode code, String detail) {
    return new Answer.Refused(problem(exchange, code, detail));
  }

  /** As {@link Conclusion#problem(Exchange, HopFailure)}. */
  public Problem problem(Exchange exchange, HopFailure failure) {
    return conclusion.problem(exchange, failure);
  }

  /** As {@link Conclusion#problem(Exchange, ProblemCode, String)}. */
  public Problem problem(Exchange exchange, ProblemCode code, String detail) {
    return conclusion.problem(exchange, code, detail);
  }

  /** As {@link Conclusion#conclude}. */
  public void conclude(Exchange exchange, RequestOutcome outcome) {
    conclusion.conclude(exchange, outcome);
  }
}
