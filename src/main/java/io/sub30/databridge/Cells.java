package io.sub30.databridge;

import com.google.protobuf.UnsafeByteOperations;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.config.DataBridgeConfig;
import io.sub30.market.Symbols;
import io.sub30.v1.BarClosed;
import io.sub30.v1.EnrichRequest;
import io.sub30.v1.RestoreRequest;
import io.sub30.v1.SettleReply;
import io.sub30.v1.SettleRequest;
import io.sub30.v1.Settlement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tenants that live on one lane. Belongs to that lane. A request out of order is refused with
 * {@link FailureCode#INVALID} and changes nothing.
 */
final class Cells {

  private final Symbols symbols;
  private final DataBridgeConfig config;
  private final UndoPool pool = new UndoPool();
  private final Map<String, CellState> serving = new HashMap<>();
  private final Map<String, CellState> restoring = new HashMap<>();

  Cells(Symbols symbols, DataBridgeConfig config) {
    this.symbols = symbols;
    this.config = config;
  }

  /** What a settlement leads to. */
  record Settled(SettleReply reply, List<BarClosed> bars) {}

  /**
   * Starts to enrich a batch. A tenant without state here is new when this is its first batch or a
   * rehearsal; else its state must be restored first, because what is computed without it would not
   * be what a replay computes.
   */
  EnrichRun begin(String tenant, EnrichRequest request, boolean rehearsal) {
    CellState cell = serving.get(tenant);
    if (cell == null) {
      if (restoring.containsKey(tenant) || (request.getOrdinal() > 1 && !rehearsal)) {
        throw failure(
            FailureCode.UNAVAILABLE,
            tenant,
            "batch " + request.getOrdinal() + " came before the state was restored");
      }
      bound(tenant);
      cell = new CellState(symbols, config, pool);
      serving.put(tenant, cell);
    }
    CellState known = cell;
    return checked(tenant, () -> known.begin(request));
  }

  /** Settles a batch and, when asked, takes a snapshot of the outcome. */
  Settled settle(String tenant, SettleRequest request) {
    CellState cell = serving.get(tenant);
    if (cell == null) {
      if (request.getSettlement() == Settlement.ABORTED && !request.getCheckpoint()) {
        return new Settled(SettleReply.getDefaultInstance(), List.of());
      }
      throw failure(
          FailureCode.UNAVAILABLE,
          tenant,
          "batch " + request.getOrdinal() + " was settled, but there is no state of it here");
    }
    return checked(
        tenant,
        () -> {
          List<BarClosed> bars = cell.settle(request.getOrdinal(), request.getSettlement());
          return new Settled(
              request.getCheckpoint() ? checkpoint(cell) : SettleReply.getDefaultInstance(), bars);
        });
  }

  /**
   * Begins to take in the ticks of a committed batch that was only validated; null when this is the
   * settlement of any other, which {@link #settle} does in one go.
   */
  @Nullable DeferredTicks takeIn(String tenant, SettleRequest request) {
    CellState cell = serving.get(tenant);
    boolean due =
        cell != null
            && request.getSettlement() == Settlement.COMMITTED
            && cell.isDeferred(request.getOrdinal());
    return cell != null && due ? cell.takeIn() : null;
  }

  /** Settles a batch whose ticks are taken in by now. */
  Settled settle(String tenant, SettleRequest request, DeferredTicks ticks) {
    CellState cell = serving.get(tenant);
    if (cell == null || !ticks.belongTo(cell)) {
      throw failure(
          FailureCode.UNAVAILABLE,
          tenant,
          "batch " + request.getOrdinal() + " was forgotten while its ticks were taken in");
    }
    return checked(
        tenant,
        () -> {
          List<BarClosed> bars = ticks.finish();
          return new Settled(
              request.getCheckpoint() ? checkpoint(cell) : SettleReply.getDefaultInstance(), bars);
        });
  }

  private static SettleReply checkpoint(CellState cell) {
    // The bytes are nobody else's, so they need no copy.
    return SettleReply.newBuilder()
        .setState(UnsafeByteOperations.unsafeWrap(cell.snapshot()))
        .build();
  }

  /**
   * Starts to take in a page. A page that carries a state, or that does not continue the pages
   * before it, begins anew. The tenant is not served until the last page was {@link #advance taken
   * in}.
   */
  RestoreRun beginRestore(String tenant, RestoreRequest page) {
    return checked(
        tenant,
        () -> {
          CellState before = restoring.get(tenant);
          CellState cell =
              before != null && continues(before, page)
                  ? before
                  : CellState.restore(page.getState().toByteArray(), symbols, config, pool);
          serving.remove(tenant);
          if (before == null) {
            bound(tenant);
          }
          restoring.put(tenant, cell);
          return new RestoreRun(page, cell);
        });
  }

  private static boolean continues(CellState cell, RestoreRequest page) {
    return page.getState().isEmpty()
        && (page.getBatchesCount() == 0 || page.getBatches(0).getOrdinal() > cell.ordinal());
  }

  /**
   * Takes in some of the page; true when it is whole. A page that is damaged ends the restoration.
   */
  boolean advance(String tenant, RestoreRun run, int ticks) {
    if (restoring.get(tenant) != run.state()) {
      throw failure(
          FailureCode.INVALID, tenant, "its restoration was begun anew or given up meanwhile");
    }
    try {
      if (!run.advance(ticks)) {
        return false;
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      restoring.remove(tenant);
      throw failure(FailureCode.INVALID, tenant, String.valueOf(e.getMessage()));
    }
    if (run.last()) {
      restoring.remove(tenant);
      serving.put(tenant, run.state());
    }
    return true;
  }

  void forget(String tenant) {
    serving.remove(tenant);
    restoring.remove(tenant);
  }

  /** The state of a tenant that is served, or null. */
  @Nullable CellState serving(String tenant) {
    return serving.get(tenant);
  }

  private void bound(String tenant) {
    if (serving.size() + restoring.size() >= config.maxTenants()) {
      throw failure(
          FailureCode.OVERLOADED,
          tenant,
          "the lane has its " + config.maxTenants() + " tenants already");
    }
  }

  private static <T> T checked(String tenant, Supplier<T> action) {
    try {
      return action.get();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw failure(FailureCode.INVALID, tenant, String.valueOf(e.getMessage()));
    }
  }

  static HopFailure failure(FailureCode code, String tenant, String why) {
    return new HopFailure(Hop.DATA_BRIDGE, code, "tenant " + tenant + " at data_bridge: " + why);
  }
}
