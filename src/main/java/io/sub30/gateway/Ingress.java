package io.sub30.gateway;

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
import io.sub30.gateway.edge.EdgeCache;
import io.sub30.gateway.rates.RateDecision;
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
final class Ingress {

  /**
   * A full queue empties in milliseconds, but who is refused must not come back with all the others
   * at once.
   */
  static final int OVERLOAD_RETRY_MILLIS = 200;

  private final Bus bus;
  private final Entrance entrance;
  private final Supplier<LaneSnapshot> lanes;
  private final BudgetTracker tracker;
  private final EpochClock epochClock;
  private final Calls calls;
  private final Authentication authentication;
  private final EdgeCache answers;
  private final @Nullable Tier only;
  private final ContentHash contentHash = new ContentHash();

  /**
   * @param only the tier whose tokens are good here; null: those of every tier are
   */
  Ingress(
      Vertx vertx,
      Bus bus,
      Supplier<LaneSnapshot> lanes,
      Doors doors,
      BudgetTracker tracker,
      EpochClock epochClock,
      ConnectionGuard guard,
      @Nullable Tier only) {
    this.only = only;
    this.bus = bus;
    this.calls = new Calls(doors.accessLog(), bus.clock());
    this.authentication = new Authentication(vertx, doors.credentials(), guard);
    this.entrance = new Entrance(vertx, bus, doors.rates());
    this.lanes = lanes;
    this.answers = doors.answers();
    this.tracker = tracker;
    this.epochClock = epochClock;
  }

  /** Names a request that has begun; to be asked once for each. */
  Call called(HttpServerRequest request) {
    return calls.enter(request);
  }

  /** Names a batch of a stream. */
  Call within(Call stream) {
    return calls.within(stream);
  }

  /** As {@link Authentication#authenticate}. */
  Future<Verification> authenticate(HttpConnection connection, @Nullable String authorization) {
    return authentication.authenticate(connection, authorization);
  }

  /** As {@link Authentication#unverified}. */
  Problem unverified(Call call, Throwable failure) {
    return authentication.unverified(call, failure);
  }

  /** Opens the ledger of a request whose sender is known. */
  Exchange open(Call call, Principal principal, long startNanos, long askedNanos) {
    Exchange exchange =
        new Exchange(call.requestId(), principal, bus.plan(), bus.clock(), startNanos, askedNanos);
    exchange.ledger().traced(call.traceparent());
    call.sentBy(principal);
    return exchange;
  }

  /**
   * Counts the request against its tenant's rate and asks whether its token is for this, before
   * anything of its body is looked at. The server's own rehearsal is not counted.
   *
   * @param needed what the token must be good for
   */
  Turnstile pass(Exchange exchange, Scope needed) {
    Principal principal = exchange.principal();
    if (Rehearsal.isRehearsal(principal.tenant())) {
      return Turnstile.UNCOUNTED;
    }
    return passed(exchange, needed, entrance.ask(principal.tenant(), principal.tier()));
  }

  /**
   * As {@link #pass}, for a batch: over the rate it may wait for its tenant's turn. Fails when the
   * client has gone while it waited, and nobody is left to answer.
   */
  Future<Turnstile> pass(Exchange exchange, Scope needed, Entrance.Caller caller) {
    Principal principal = exchange.principal();
    if (Rehearsal.isRehearsal(principal.tenant()) || forbids(principal, needed) != null) {
      return Future.succeededFuture(pass(exchange, needed));
    }
    return entrance
        .pass(exchange, caller)
        .map(decision -> passed(exchange, needed, decision))
        .onFailure(gone -> conclude(exchange, RequestOutcome.REFUSED));
  }

  private Turnstile passed(Exchange exchange, Scope needed, RateDecision decision) {
    Problem refusal =
        decision.granted() ? forbidden(exchange, needed) : overRate(exchange, decision);
    return new Turnstile(decision, refusal);
  }

  private @Nullable Problem forbidden(Exchange exchange, Scope needed) {
    String why = forbids(exchange.principal(), needed);
    return why == null ? null : problem(exchange, ProblemCode.FORBIDDEN, why);
  }

  /** Why that token is not for this, or not for this listener; null when it is. */
  @Nullable String forbids(Principal principal, Scope needed) {
    if (only != null && principal.tier() != only) {
      return "the token is of tier "
          + principal.tier().label()
          + ", this port takes those of tier "
          + only.label()
          + " alone; use the API's other port";
    }
    return principal.may(needed) ? null : principal.lacks(needed);
  }

  private Problem overRate(Exchange exchange, RateDecision decision) {
    Problem problem =
        decision.verdict() == RateDecision.Verdict.NO_ROOM
            ? Problem.of(
                ProblemCode.UNAVAILABLE,
                "more tenants are asking than this server remembers",
                exchange.requestId())
            : Problem.of(
                ProblemCode.RATE_LIMITED,
                decision.explain(exchange.principal().tenant()),
                exchange.requestId());
    conclude(exchange, RequestOutcome.REFUSED);
    return problem.withRetryAfterMillis(decision.retryAfterMillis());
  }

  /** Takes a batch to its tenant's lane and back. Never fails. */
  Future<Answer> submit(Exchange exchange, TickBatch batch) {
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
    Submission submission =
        Submission.newBuilder()
            .setBatch(batch)
            .setReceivedMsc(epochClock.epochMillis())
            .setContentHash(contentHash.of(batch))
            .build();
    return bus.request(Address.SUBMIT, lane, envelope(exchange, submission), submission)
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

  /** What is kept of answers to reads. */
  EdgeCache answers() {
    return answers;
  }

  /** Asks the stores of the tenant's lane. Fails with a {@link HopFailure} only. */
  <Q extends MessageLite, R extends MessageLite> Future<R> read(
      Exchange exchange, Address<Q, R> address, Q request) {
    int lane = resolve(exchange);
    if (lane < 0) {
      return Future.failedFuture(
          new HopFailure(Hop.CENTRAL_HUB, FailureCode.UNAVAILABLE, "no lane serves the tier yet"));
    }
    return bus.request(address, lane, envelope(exchange, request), request);
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

  /** What a hop's failure means to the client. Ends the exchange. */
  Problem problem(Exchange exchange, HopFailure failure) {
    ProblemCode code =
        switch (failure.code()) {
          case LATE, EXPIRED -> ProblemCode.OUT_OF_TIME;
          case OVERLOADED, UNAVAILABLE -> ProblemCode.UNAVAILABLE;
          case INVALID -> ProblemCode.MALFORMED;
          case INTERNAL -> ProblemCode.INTERNAL;
        };
    // Turned away on purpose is no failure, though the client is told the same.
    boolean turnedAway = failure.code() == FailureCode.OVERLOADED;
    Problem problem =
        problem(
            exchange,
            code,
            String.valueOf(failure.getMessage()),
            turnedAway ? RequestOutcome.REFUSED : outcome(code));
    return turnedAway ? problem.withRetryAfterMillis(OVERLOAD_RETRY_MILLIS) : problem;
  }

  private Answer refuse(Exchange exchange, ProblemCode code, String detail) {
    return new Answer.Refused(problem(exchange, code, detail));
  }

  Problem problem(Exchange exchange, ProblemCode code, String detail) {
    return problem(exchange, code, detail, outcome(code));
  }

  private Problem problem(
      Exchange exchange, ProblemCode code, String detail, RequestOutcome outcome) {
    conclude(exchange, outcome);
    Problem problem = Problem.of(code, detail, exchange.requestId()).withBudget(exchange.budget());
    return code == ProblemCode.UNAVAILABLE ? problem.withRetryAfter(1) : problem;
  }

  private static RequestOutcome outcome(ProblemCode code) {
    return switch (code) {
      case OUT_OF_TIME -> RequestOutcome.LATE;
      case INTERNAL, UNAVAILABLE -> RequestOutcome.FAILED;
      default -> RequestOutcome.REFUSED;
    };
  }

  /** Closes the ledger and, unless this was a rehearsal, counts it. */
  void conclude(Exchange exchange, RequestOutcome outcome) {
    exchange.close();
    if (!Rehearsal.isRehearsal(exchange.principal().tenant())) {
      tracker.record(exchange.requestId(), exchange.principal().tier(), exchange.ledger(), outcome);
    }
  }
}
