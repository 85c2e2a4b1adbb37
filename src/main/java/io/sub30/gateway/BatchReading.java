package io.sub30.gateway;

import io.sub30.v1.TickBatch;

/** What reading a batch came to. */
sealed interface BatchReading {
  /** A batch within {@link BatchLimits}. */
  record Read(TickBatch batch) implements BatchReading {}

  /**
   * No batch.
   *
   * @param detail the place ({@code ticks[3].bid}), the value and what would be right
   */
  record Refusal(BatchFault fault, String detail) implements BatchReading {}
}
