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
import io.sub30.gateway.rates.RateDecision;
import io.sub30.v1.Submission;
import io.sub30.v1.SubmissionReply;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection's side of the gateway, whatever the transport: who is asking, which lane the
 * tenant lives on, and what the lane's reply means. One a loop; not thread-safe.
 */
final class Ingress {

  private static final Logger log = LoggerFactory.getLogger(Ingress.class);
  private static final String BEARER = "Bearer ";

  /** Signatures that may be waited for; a verification takes about a millisecond of a processor. */
  private static final int MAX_VERIFYING = 128;

  /**
   * A full queue empties in milliseconds, but who is refused must not come back with all the others
   * at once.
   */
  private static final int OVERLOAD_RETRY_MILLIS = 200;

  private final Vertx vertx;
  private final Bus bus;
  private final TokenCache tokens;
  private final Rehearsal rehearsal;
  private final Entrance entrance;
  private final Supplier<LaneSnapshot> lanes;
  private final BudgetTracker tracker;
  private final EpochClock epochClock;
  private final ConnectionGuard guard;
  private final @Nullable AccessLog accessLog;
  private final @Nullable Tier only;
  private final ContentHash contentHash = new ContentHash();
  private final String requestPrefix =
      HexFormat.of().toHexDigits(new SecureRandom().nextLong()).substring(0, 10);
  private final TraceContext traces =
      new TraceContext(new SplittableRandom(new SecureRandom().nextLong()));
  private long requests;
  private int verifying;

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
    this.guard = guard;
    this.only = only;
    this.vertx = vertx;
    this.bus = bus;
    this.tokens = doors.credentials().tokens();
    this.rehearsal = doors.credentials().rehearsal();
    this.accessLog = doors.accessLog();
    this.entrance = new Entrance(vertx, bus, doors.rates());
    this.lanes = lanes;
    this.tracker = tracker;
    this.epochClock = epochClock;
  }

  /** What a front believes: issued tokens, and those of a rehearsal. */
  record Credentials(TokenCache tokens, Rehearsal rehearsal) {}

  /** Names a request that has begun; to be asked once for each. */
  Call called(HttpServerRequest request) {
    Call call = new Call(nextRequestId(), traces.enter(request.headers()));
    if (accessLog != null) {
      accessLog.follow(request, call, bus.clock());
    }
    return call;
  }

  /** Names a batch of a stream: by an id of its own, in the span of the stream. */
  Call within(Call stream) {
    return new Call(nextRequestId(), stream.traceparent());
  }

  /** Unique to this loop's life, and short enough to read out. */
  private String nextRequestId() {
    return requestPrefix + Long.toHexString(requests++);
  }

  /**
   * Who sent that {@code Authorization} header on that connection. Fails with a {@link HopFailure}
   * when its tenant has too many of them, or too many tokens wait to be verified.
   */
  Future<Verification> authenticate(HttpConnection connection, @Nullable String authorization) {
    Future<Verification> verified = authenticate(authorization);
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
  private Future<Verification> authenticate(@Nullable String authorization) {
    if (authorization == null) {
      return refused("send an Authorization header with a bearer token");
    }
    if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return refused("the Authorization header must be 'Bearer' and a token");
    }
    String token = authorization.substring(BEARER.length());
    Principal known = rehearsal.principal(token);
    if (known == null) {
      known = tokens.remembered(token);
    }
    return known != null ? Future.succeededFuture(known) : verify(token);
  }

  private Future<Verification> verify(String token) {
    if (verifying >= MAX_VERIFYING) {
      String why = verifying + " tokens are being verified on this lane, which is the bound";
      return Future.failedFuture(new HopFailure(Hop.CLIENT_GATEWAY, FailureCode.OVERLOADED, why));
    }
    verifying++;
    return vertx.executeBlocking(() -> tokens.verify(token), false).onComplete(done -> verifying--);
  }

  /** What the client gets when nobody could say whether its token is good. */
  Problem unverified(Call call, Throwable failure) {
    String requestId = call.requestId();
    if (failure instanceof HopFailure overloaded) {
      return Problem.of(ProblemCode.UNAVAILABLE, String.valueOf(overloaded.getMessage()), requestId)
          .withRetryAfterMillis(OVERLOAD_RETRY_MILLIS);
    }
    log.error(
        "request {} ({}): the token could not be verified", requestId, call.traceparent(), failure);
    return Problem.of(ProblemCode.INTERNAL, "the token could not be verified", requestId);
  }

  private static Future<Verification> refused(String detail) {
    return Future.succeededFuture(new TokenRefusal(TokenFault.MISSING, detail));
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
    if (Rehearsal.isRehearsal(principal)) {
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
    if (Rehearsal.isRehearsal(principal) || forbids(principal, needed) != null) {
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
              return Future.succeededFuture(
                  failure == null
                      ? answer(exchange, reply)
                      : refuse(exchange, (HopFailure) failure));
            });
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
        Rehearsal.isRehearsal(principal),
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
    if (!Rehearsal.isRehearsal(exchange.principal())) {
      tracker.record(exchange.requestId(), exchange.principal().tier(), exchange.ledger(), outcome);
    }
  }
}
