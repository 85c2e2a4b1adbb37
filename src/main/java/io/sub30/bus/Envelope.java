package io.sub30.bus;

import com.google.protobuf.MessageLite;
import io.sub30.budget.Deadline;
import io.sub30.budget.Ledger;
import io.sub30.budget.Tier;

/**
 * What every message between components travels in. Immutable but for its ledger, which is stamped
 * on the way. In process the same instance arrives; over a cluster the codec writes it with the
 * remaining time.
 *
 * @param hop the budget line this message's time is booked to
 * @param requestId of the request this message belongs to
 * @param tenant from the verified token and nowhere else
 * @param tier from the same token
 * @param rehearsal a warm-up request: it leaves no trace in stores, histograms or limits
 * @param deadline by which the whole request must be answered
 * @param ledger where the request's time goes
 * @param payload one of {@code bus.proto}
 */
public record Envelope<P extends MessageLite>(
    Hop hop,
    String requestId,
    String tenant,
    Tier tier,
    boolean rehearsal,
    Deadline deadline,
    Ledger ledger,
    P payload) {

  /** The same request, asking another hop something else. */
  <Q extends MessageLite> Envelope<Q> to(Hop next, Q other) {
    return new Envelope<>(next, requestId, tenant, tier, rehearsal, deadline, ledger, other);
  }

  /** As above, for a hop that has less time than the request. */
  <Q extends MessageLite> Envelope<Q> to(Hop next, Q other, Deadline hopDeadline) {
    return new Envelope<>(next, requestId, tenant, tier, rehearsal, hopDeadline, ledger, other);
  }

  /** The same request and hop, which asks something else of itself first. */
  public <Q extends MessageLite> Envelope<Q> with(Q other) {
    return to(hop, other);
  }

  /**
   * The same request, asked with another deadline: for a hop that must not be given up on when the
   * client is.
   */
  public Envelope<P> until(Deadline other) {
    return new Envelope<>(hop, requestId, tenant, tier, rehearsal, other, ledger, payload);
  }

  /**
   * The same request's follow-up work off the path: its own deadline, and no stamps in the ledger.
   */
  public Envelope<P> offPath(Deadline ownDeadline) {
    return new Envelope<>(
        hop,
        requestId,
        tenant,
        tier,
        rehearsal,
        ownDeadline,
        Ledger.detached(ledger.plan()),
        payload);
  }
}
