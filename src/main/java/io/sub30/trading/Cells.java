package io.sub30.trading;

import com.google.protobuf.ByteString;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.v1.DecideRequest;
import io.sub30.v1.Decision;
import io.sub30.v1.RestoreRequest;
import io.sub30.v1.SettleReply;
import io.sub30.v1.SettleRequest;
import io.sub30.v1.StoredBatch;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The tenants that live on one lane, and what is done to their state. Belongs to that lane. A
 * request out of order is refused with {@link FailureCode#INVALID} and changes nothing.
 */
final class Cells {

  /** Tenants of one lane; a further one is refused until another is forgotten. */
  static final int MAX_TENANTS = 10_000;

  private final Decider decider;
  private final Map<String, TradingState> states = new HashMap<>();
  private final Map<String, TradingState> restoring = new HashMap<>();

  Cells(StrategyBook book) {
    this.decider = new Decider(book, new KillSwitch(book.rules().killSwitch()));
  }

  /**
   * Decides a batch. A tenant without state here is new when this is its first batch or a
   * rehearsal; else its state must be restored first, because deciding without it would forget what
   * was signalled.
   */
  Decision decide(String tenant, DecideRequest request, boolean rehearsal) {
    TradingState state = states.get(tenant);
    if (state == null) {
      if (request.getOrdinal() > 1 && !rehearsal || restoring.containsKey(tenant)) {
        throw failure(
            FailureCode.UNAVAILABLE,
            tenant,
            "batch " + request.getOrdinal() + " was sent before the state was restored");
      }
      state = new TradingState();
      admit(tenant, state);
    }
    TradingState known = state;
    return checked(tenant, () -> decider.decide(request, known));
  }

  /**
   * Settles a batch. One that was never decided here changed nothing, so there is nothing to do.
   */
  SettleReply settle(String tenant, SettleRequest request) {
    TradingState state = states.get(tenant);
    if (state == null) {
      throw failure(
          FailureCode.UNAVAILABLE,
          tenant,
          "batch " + request.getOrdinal() + " was settled, but there is no state of it here");
    }
    return checked(
        tenant,
        () -> {
          state.settle(request.getOrdinal(), request.getSettlement());
          return request.getCheckpoint()
              ? SettleReply.newBuilder().setState(ByteString.copyFrom(state.snapshot())).build()
              : SettleReply.getDefaultInstance();
        });
  }

  /**
   * Rebuilds a tenant's state page by page. A page that carries a state, or that does not continue
   * the pages before it, begins anew; the tenant is served again after the last page.
   */
  void restore(String tenant, RestoreRequest page) {
    try {
      TradingState state = restoring.get(tenant);
      if (state == null || !continues(state, page)) {
        state = TradingState.restore(page.getState().toByteArray());
      }
      states.remove(tenant);
      for (StoredBatch batch : page.getBatchesList()) {
        state.apply(batch);
      }
      if (page.getLast()) {
        restoring.remove(tenant);
        admit(tenant, state);
      } else {
        bound(tenant);
        restoring.put(tenant, state);
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      restoring.remove(tenant);
      throw failure(FailureCode.INVALID, tenant, String.valueOf(e.getMessage()));
    }
  }

  private static boolean continues(TradingState state, RestoreRequest page) {
    return page.getState().isEmpty()
        && (page.getBatchesCount() == 0 || page.getBatches(0).getOrdinal() > state.ordinal());
  }

  void forget(String tenant) {
    states.remove(tenant);
    restoring.remove(tenant);
  }

  private void admit(String tenant, TradingState state) {
    bound(tenant);
    states.put(tenant, state);
  }

  private void bound(String tenant) {
    if (states.size() + restoring.size() >= MAX_TENANTS) {
      throw failure(
          FailureCode.OVERLOADED, tenant, "the lane has its " + MAX_TENANTS + " tenants already");
    }
  }

  private static <T> T checked(String tenant, Supplier<T> action) {
    try {
      return action.get();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw failure(FailureCode.INVALID, tenant, String.valueOf(e.getMessage()));
    }
  }

  private static HopFailure failure(FailureCode code, String tenant, String why) {
    return new HopFailure(
        Hop.TRADING_ENGINE, code, "tenant " + tenant + " at trading_engine: " + why);
  }
}
