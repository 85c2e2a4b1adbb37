package io.sub30.database.columnar;

import io.sub30.bus.FaultPoint;
import io.sub30.bus.Faults;
import io.sub30.bus.HopFailure;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.List;

/**
 * The columnar store as the relay writes to it: every call runs on the one worker that writes.
 * Futures complete on the caller's context; what the store refuses fails with {@link
 * ColumnarException}.
 */
final class RelayTarget {

  private final ColumnarStore store;
  private final WorkerExecutor worker;
  private final Faults faults;

  /**
   * @param faults those of {@code columnar} are injected before an append reaches the worker
   */
  RelayTarget(ColumnarStore store, WorkerExecutor worker, Faults faults) {
    this.store = store;
    this.worker = worker;
    this.faults = faults;
  }

  /** Where the store is, and how many batches it set aside. */
  record Position(Watermark watermark, long setAside) {}

  /** Up to where the store has that source. */
  Future<Position> position(String source) {
    return worker.executeBlocking(() -> new Position(store.watermark(source), store.setAside()));
  }

  /**
   * Decodes a page that follows {@code after} and appends it, or its beginning when the store
   * refuses some row of it; how far, the block tells.
   */
  Future<Block> append(String source, Watermark after, List<IntakeRow> page) {
    return faults
        .pass(
            FaultPoint.COLUMNAR,
            () -> worker.executeBlocking(() -> appendWhatIsTaken(source, after, page)))
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof HopFailure injected
                        ? new ColumnarException(
                            ColumnarException.Reason.FAILED, String.valueOf(injected.getMessage()))
                        : failure));
  }

  /** A refused page is halved until the refused row stands alone, and that one is set aside. */
  private Block appendWhatIsTaken(String source, Watermark after, List<IntakeRow> page) {
    Block block = BlockDecoder.decode(source, after, page);
    try {
      store.append(block);
      return block;
    } catch (ColumnarException e) {
      if (e.reason() != ColumnarException.Reason.REFUSED || block.batches().isEmpty()) {
        throw e;
      }
      return page.size() == 1
          ? setAside(block, page.get(0), String.valueOf(e.getMessage()))
          : appendWhatIsTaken(source, after, page.subList(0, page.size() / 2));
    }
  }

  private Block setAside(Block block, IntakeRow row, String why) {
    Block.Poison poison =
        new Block.Poison(
            row.position(), row.tenant(), row.terminal(), row.sequence(), "refused: " + why);
    Block without =
        new Block(block.source(), block.after(), block.upTo(), List.of(), List.of(poison));
    store.append(without);
    return without;
  }
}
