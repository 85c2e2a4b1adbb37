package io.sub30.gateway.ingress;

import io.sub30.budget.Deadline;
import io.sub30.budget.Ledger;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Outcome;
import io.sub30.budget.Plan;
import io.sub30.bus.Hop;
import io.sub30.gateway.identity.Principal;
import io.sub30.v1.Budget;
import io.sub30.v1.HopSpend;

/**
 * One request as its connection's loop sees it, from its first byte to the start of serialization.
 * Belongs to that loop; not thread-safe.
 */
public final class Exchange {

  /** The line that closes the sum of a ledger. */
  public static final String UNATTRIBUTED = "unattributed";

  private static final Hop[] LANE_HOPS = {
    Hop.DATA_BRIDGE, Hop.DATABASE_SERVICE, Hop.ML_PROCESSING, Hop.TRADING_ENGINE
  };

  private final String requestId;
  private final Principal principal;
  private final Ledger ledger;
  private final NanoClock clock;
  private final Deadline deadline;
  private long markNanos;

  /**
   * @param startNanos when the request's head was seen
   * @param askedNanos how long the client is willing to wait; {@link Long#MAX_VALUE} when it did
   *     not say
   */
  Exchange(
      String requestId,
      Principal principal,
      Plan plan,
      NanoClock clock,
      long startNanos,
      long askedNanos) {
    this.requestId = requestId;
    this.principal = principal;
    this.clock = clock;
    this.ledger = Ledger.open(plan, startNanos);
    this.deadline =
        Deadline.at(startNanos, Math.min(askedNanos, plan.totalNanos(principal.tier())), clock);
    this.markNanos = clock.nanoTime();
    ledger.book(Hop.CLIENT_GATEWAY.ordinal(), 0, markNanos - startNanos, Outcome.OK);
  }

  /** Ours, unique. */
  public String requestId() {
    return requestId;
  }

  /** Who sent it. */
  public Principal principal() {
    return principal;
  }

  Ledger ledger() {
    return ledger;
  }

  Deadline deadline() {
    return deadline;
  }

  /** The tenant's turn has come, or never will: since the last mark the batch waited for it. */
  void turnDecided() {
    long now = clock.nanoTime();
    ledger.book(Hop.API_GATEWAY.ordinal(), now - markNanos, 0, Outcome.OK);
    markNanos = now;
  }

  /** The body has come in: since the last mark the request waited for the network. */
  public void bodyArrived() {
    long now = clock.nanoTime();
    ledger.book(Hop.CLIENT_GATEWAY.ordinal(), now - markNanos, 0, Outcome.OK);
    markNanos = now;
  }

  /** The time since the last mark was work on that line. */
  public void worked(Hop line) {
    long now = clock.nanoTime();
    ledger.book(line.ordinal(), 0, now - markNanos, Outcome.OK);
    markNanos = now;
  }

  /**
   * The lane has answered, or been given up on: what its hops took is not the gateway's own time.
   */
  void laneReturned() {
    long nested = 0;
    for (Hop hop : LANE_HOPS) {
      nested += ledger.spentNanos(hop.ordinal());
    }
    ledger.deduct(Hop.API_GATEWAY.ordinal(), nested);
    markNanos = clock.nanoTime();
  }

  /** The stores have answered a read, or were given up on: what they took is booked to them. */
  void storesReturned() {
    markNanos = clock.nanoTime();
  }

  /** Ends the ledger: serialization starts. */
  void close() {
    long now = clock.nanoTime();
    ledger.book(Hop.RESPONSE_ASSEMBLY.ordinal(), 0, now - markNanos, Outcome.OK);
    ledger.close(now);
  }

  /**
   * Where the time went, line by line; together with {@value #UNATTRIBUTED} the lines add up to
   * what was spent.
   */
  Budget budget() {
    Plan plan = ledger.plan();
    Budget.Builder budget =
        Budget.newBuilder()
            .setTotalUs(plan.totalNanos(principal.tier()) / 1_000)
            .setSpentUs(ledger.totalNanos() / 1_000);
    for (int line = 0; line < plan.size(); line++) {
      budget.addHops(
          HopSpend.newBuilder()
              .setHop(plan.name(line))
              .setBudgetUs(plan.lineNanos(principal.tier(), line) / 1_000)
              .setWaitUs(ledger.waitNanos(line) / 1_000)
              .setServiceUs(ledger.serviceNanos(line) / 1_000)
              .setOutcome(ledger.outcome(line).label()));
    }
    return budget
        .addHops(
            HopSpend.newBuilder()
                .setHop(UNATTRIBUTED)
                .setServiceUs(ledger.unattributedNanos() / 1_000)
                .setOutcome(Outcome.OK.label()))
        .build();
  }

  /** The same as a {@code Server-Timing} header: milliseconds a hop that was asked. */
  public String serverTiming() {
    StringBuilder header = new StringBuilder(160);
    for (int line = 0; line < ledger.plan().size(); line++) {
      if (ledger.outcome(line) != Outcome.SKIPPED) {
        millis(header.append(ledger.plan().name(line)).append(";dur="), ledger.spentNanos(line))
            .append(", ");
      }
    }
    return millis(header.append("total;dur="), ledger.totalNanos()).toString();
  }

  /** Milliseconds with three digits, without a formatter. */
  private static StringBuilder millis(StringBuilder to, long nanos) {
    long micros = Math.max(0, nanos / 1_000);
    to.append(micros / 1_000).append('.');
    long rest = micros % 1_000;
    return to.append(rest / 100).append(rest / 10 % 10).append(rest % 10);
  }
}
