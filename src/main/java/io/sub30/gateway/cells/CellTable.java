package io.sub30.gateway.cells;

import io.sub30.budget.Deadline;
import io.sub30.budget.Ledger;
import io.sub30.budget.Outcome;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.config.GatewayConfig;
import io.sub30.gateway.identity.Rehearsal;
import io.sub30.v1.CellHistory;
import io.sub30.v1.Done;
import io.sub30.v1.ForgetRequest;
import io.sub30.v1.OpenCellRequest;
import io.sub30.v1.RestoreRequest;
import io.sub30.v1.StoredBatch;
import io.vertx.core.Future;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cells of one lane. A cell that is new here is first taken (which fences off every earlier
 * owner) and its state rebuilt from its checkpoint and the later batches; meanwhile its turns wait.
 * A bounded number of cells is held, and the one that has been idle longest makes room; cells in
 * use stay, of which there are no more than batches in flight.
 *
 * <p>Lane-bound; not thread-safe.
 */
final class CellTable {

  private static final Logger log = LoggerFactory.getLogger(CellTable.class);

  /** Rebuilding reads pages from the store; it belongs to no client's deadline. */
  private static final long OPEN_NANOS = 30_000_000_000L;

  /** Stands for the id of a request where there is none. */
  private static final String UPKEEP = "upkeep";

  private final Bus bus;
  private final int lane;
  private final GatewayConfig bounds;
  private final BatchPath path;
  private final Gatekeeper gatekeeper;
  private final Checkpoints checkpoints;
  private final Map<String, Cell> cells = new LinkedHashMap<>(64, 0.75f, true);

  CellTable(
      Bus bus,
      int lane,
      GatewayConfig bounds,
      BatchPath path,
      Gatekeeper gatekeeper,
      Checkpoints checkpoints) {
    this.bus = bus;
    this.lane = lane;
    this.bounds = bounds;
    this.path = path;
    this.gatekeeper = gatekeeper;
    this.checkpoints = checkpoints;
  }

  int size() {
    return cells.size();
  }

  /** Whether nobody of that tenant is being served or waits. */
  boolean isFree(String tenant) {
    Cell cell = cells.get(tenant);
    return cell == null || cell.occupancy() == 0;
  }

  /** Queues a batch for its turn in its tenant's cell. */
  void enter(Turn turn) {
    Cell cell = cells.get(turn.request.tenant());
    if (cell == null) {
      cell =
          new Cell(
              turn.request.tenant(),
              turn.request.tier(),
              bounds.cellQueue(),
              bounds.predictionMaxAge().toMillis());
      cells.put(cell.tenant, cell);
      makeRoom(turn.request);
    }
    if (!gatekeeper.admit(cell, turn)) {
      return;
    }
    if (!cell.queue(turn)) {
      String why =
          cell.waiting()
              + " batches of tenant "
              + cell.tenant
              + " wait already, which is the bound";
      turn.refuse(
          new HopFailure(
              Hop.API_GATEWAY,
              FailureCode.OVERLOADED,
              why,
              gatekeeper.comeBackMillis(cell, turn.queuedNanos())));
      return;
    }
    gatekeeper.watch(turn);
    proceed(cell, turn.request);
  }

  /** Begins the next turn that still has time; turns that have none are refused on the way. */
  private void proceed(Cell cell, Envelope<?> origin) {
    if (cell.phase() == Cell.Phase.CLOSED && cell.waiting() > 0) {
      open(cell, origin);
      return;
    }
    for (Turn turn = cell.take(); turn != null; turn = cell.take()) {
      long now = bus.clock().nanoTime();
      long waitedNanos = now - turn.queuedNanos();
      turn.request.ledger().book(Hop.API_GATEWAY.ordinal(), waitedNanos, -waitedNanos, Outcome.OK);
      if (gatekeeper.begins(cell, turn, now)) {
        begin(cell, turn, now);
        return;
      }
      cell.release();
    }
  }

  private void begin(Cell cell, Turn turn, long nowNanos) {
    turn.answer().onComplete(answer -> gatekeeper.answered(turn, nowNanos, answer));
    Future<Void> over;
    try {
      over = path.run(cell, turn);
    } catch (RuntimeException e) {
      over = Future.failedFuture(e);
    }
    over.onComplete(
        done -> {
          if (done.failed()) {
            broken(cell, turn, done.cause());
          }
          if (Rehearsal.isNewcomer(cell.tenant)) {
            cell.close();
          }
          gatekeeper.over(turn, nowNanos);
          cell.release();
          proceed(cell, turn.request);
        });
  }

  /**
   * A bug in the path: the turn still gets an answer, and what it left behind is not built upon.
   */
  private static void broken(Cell cell, Turn turn, Throwable bug) {
    log.error("request {} broke on its path", turn.request.requestId(), bug);
    turn.refuse(new HopFailure(Hop.API_GATEWAY, FailureCode.INTERNAL, "the gateway failed"));
    cell.close();
  }

  // ---- opening

  private void open(Cell cell, Envelope<?> origin) {
    cell.opening();
    Envelope<?> offPath = origin.offPath(Deadline.after(OPEN_NANOS, bus.clock()));
    bus.request(Address.OPEN_CELL, lane, offPath, OpenCellRequest.getDefaultInstance())
        .compose(
            history ->
                restore(cell, offPath, history, true)
                    .map(last -> new Opened(history.getEpoch(), last)))
        .onComplete(
            opened -> {
              cell.opened(opened.epoch(), opened.lastOrdinal());
              proceed(cell, origin);
            },
            failure -> {
              cell.close();
              cell.dismissAll().forEach(turn -> gatekeeper.dismiss(turn, failure));
            });
  }

  private record Opened(long epoch, long lastOrdinal) {}

  /**
   * Hands a page to the components and goes on to the next one; the ordinal of the last batch comes
   * back.
   */
  private Future<Long> restore(Cell cell, Envelope<?> offPath, CellHistory page, boolean first) {
    RestoreRequest.Builder common =
        RestoreRequest.newBuilder().addAllBatches(page.getBatchesList()).setLast(page.getLast());
    if (first) {
      common.setOrdinal(page.getCheckpointOrdinal());
      cell.restored(page.getMarks());
    }
    for (StoredBatch batch : page.getBatchesList()) {
      cell.beyondCheckpoint(
          batch.getTerminal(), batch.getSequence(), batch.getTicks().getTimeMscCount());
    }
    RestoreRequest bridge = common.setState(page.getBridgeState()).build();
    RestoreRequest trading = common.setState(page.getTradingState()).build();
    return Future.all(
            bus.request(Address.BRIDGE_RESTORE, lane, offPath, bridge),
            bus.request(Address.TRADING_RESTORE, lane, offPath, trading))
        .compose(
            restored -> {
              if (page.getLast()) {
                return Future.succeededFuture(page.getLastOrdinal());
              }
              OpenCellRequest next =
                  OpenCellRequest.newBuilder().setAfterOrdinal(page.getLastOrdinal()).build();
              return bus.request(Address.OPEN_CELL, lane, offPath, next)
                  .compose(following -> restore(cell, offPath, following, false));
            });
  }

  // ---- saving

  /** Nobody is at any cell. */
  boolean quiet() {
    return cells.values().stream().allMatch(Cell::isIdle);
  }

  /** The cells with batches that no checkpoint has. */
  List<Cell> unsaved() {
    return cells.values().stream().filter(Cell::mayBeSaved).toList();
  }

  /** Of those the ones that nothing was committed to since this was last asked. */
  List<Cell> rested() {
    return cells.values().stream().filter(Cell::restedSinceRound).filter(Cell::mayBeSaved).toList();
  }

  /** Saves the state of a cell that nobody is at. */
  Future<Done> save(Cell cell, Deadline until) {
    Envelope<?> own = own(cell, until);
    return checkpoints.saveIdle(cell, own, () -> proceed(cell, own));
  }

  // ---- making room

  private void makeRoom(Envelope<?> origin) {
    Iterator<Cell> eldestFirst = cells.values().iterator();
    while (cells.size() > bounds.maxCells() && eldestFirst.hasNext()) {
      Cell eldest = eldestFirst.next();
      if (eldest.isIdle() && !eldest.tenant.equals(origin.tenant())) {
        eldestFirst.remove();
        forget(eldest);
      }
    }
  }

  private void forget(Cell cell) {
    Envelope<?> own = own(cell, Deadline.after(OPEN_NANOS, bus.clock()));
    bus.send(Address.BRIDGE_FORGET, lane, own, ForgetRequest.getDefaultInstance());
    bus.send(Address.TRADING_FORGET, lane, own, ForgetRequest.getDefaultInstance());
    bus.send(Address.ML_FORGET, lane, own, ForgetRequest.getDefaultInstance());
  }

  /** What concerns the cell and belongs to no request. */
  private Envelope<?> own(Cell cell, Deadline until) {
    return new Envelope<>(
        Hop.API_GATEWAY,
        UPKEEP,
        cell.tenant,
        cell.tier,
        Rehearsal.isRehearsal(cell.tenant),
        until,
        Ledger.detached(bus.plan()),
        ForgetRequest.getDefaultInstance());
  }
}
