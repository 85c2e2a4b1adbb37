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

  /** Up to where the store has that source. */
  Future<Watermark> watermark(String source) {
    return worker.executeBlocking(() -> store.watermark(source));
  }

  /** Decodes a page that follows {@code after} and appends it in one transaction. */
  Future<Block> append(String source, Watermark after, List<IntakeRow> page) {
    return faults
        .pass(
            FaultPoint.COLUMNAR,
            () ->
                worker.executeBlocking(
                    () -> {
                      Block block = BlockDecoder.decode(source, after, page);
                      store.append(block);
                      return block;
                    }))
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof HopFailure injected
                        ? new ColumnarException(
                            ColumnarException.Reason.FAILED, String.valueOf(injected.getMessage()))
                        : failure));
  }
}
