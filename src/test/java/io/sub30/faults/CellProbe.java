package io.sub30.faults;

import com.google.protobuf.ByteString;
import io.sub30.budget.Deadline;
import io.sub30.budget.Ledger;
import io.sub30.budget.Tier;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.v1.Done;
import io.sub30.v1.ForgetRequest;
import io.sub30.v1.RestoreRequest;
import io.sub30.v1.SettleReply;
import io.sub30.v1.SettleRequest;
import io.sub30.v1.Settlement;
import io.sub30.v1.StoredBatch;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/**
 * Reads the state that the data bridge and the trading engine hold of a tenant, and has them
 * compute it anew under a name of its own.
 */
final class CellProbe {

  /**
   * Bytes of both components.
   *
   * @param bridge the data bridge's
   * @param trading the trading engine's
   */
  record State(ByteString bridge, ByteString trading) {}

  private static final long NANOS = 30_000_000_000L;

  /** No batch has it, so aborting it changes nothing; the state comes with the answer. */
  private static final long NO_ORDINAL = Long.MAX_VALUE;

  private static final String SCRATCH = "scratch";

  private final Bus bus;
  private final int lane;

  CellProbe(Bus bus, int lane) {
    this.bus = bus;
    this.lane = lane;
  }

  /**
   * The tenant's state, as soon as no batch of it is tentative: as long as one is, both components
   * refuse.
   */
  State settled(String tenant) {
    return Awaitility.await("tenant " + tenant + " is settled")
        .atMost(Duration.ofSeconds(30))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> state(tenant), Optional::isPresent)
        .orElseThrow();
  }

  private Optional<State> state(String tenant) {
    try {
      return Optional.of(
          new State(
              Waiting.on(ask(Address.BRIDGE_SETTLE, tenant)).getState(),
              Waiting.on(ask(Address.TRADING_SETTLE, tenant)).getState()));
    } catch (HopFailure failure) {
      if (failure.code() == FailureCode.INVALID || failure.code() == FailureCode.UNAVAILABLE) {
        return Optional.empty(); // not settled yet, or being restored
      }
      throw failure;
    }
  }

  private Future<SettleReply> ask(Address<SettleRequest, SettleReply> address, String tenant) {
    SettleRequest request =
        SettleRequest.newBuilder()
            .setOrdinal(NO_ORDINAL)
            .setSettlement(Settlement.ABORTED)
            .setCheckpoint(true)
            .build();
    return bus.request(address, lane, envelope(tenant), request);
  }

  /** What the components make of these batches, beginning with this state. */
  State recomputed(ByteString bridge, ByteString trading, List<StoredBatch> batches) {
    RestoreRequest.Builder page = RestoreRequest.newBuilder().addAllBatches(batches).setLast(true);
    Envelope<Done> scratch = envelope(SCRATCH);
    Waiting.on(bus.request(Address.BRIDGE_RESTORE, lane, scratch, page.setState(bridge).build()));
    Waiting.on(bus.request(Address.TRADING_RESTORE, lane, scratch, page.setState(trading).build()));
    State state = settled(SCRATCH);
    ForgetRequest forget = ForgetRequest.getDefaultInstance();
    Waiting.on(bus.request(Address.BRIDGE_FORGET, lane, scratch, forget));
    Waiting.on(bus.request(Address.TRADING_FORGET, lane, scratch, forget));
    return state;
  }

  private Envelope<Done> envelope(String tenant) {
    return new Envelope<>(
        Hop.API_GATEWAY,
        "probe",
        tenant,
        Tier.FREE,
        false,
        Deadline.after(NANOS, bus.clock()),
        Ledger.detached(bus.plan()),
        Done.getDefaultInstance());
  }
}
