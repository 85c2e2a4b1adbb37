package io.sub30.gateway.requests;

import io.sub30.v1.TickBatch;

/** What reading a batch came to. */
public sealed interface BatchReading {
  /** A batch within {@link BatchLimits}. */
  public record Read(TickBatch batch) implements BatchReading {}

  /**
   * No batch.
   *
   * @param detail the place ({@code ticks[3].bid}), the value and what would be right
   */
  public record Refusal(BatchFault fault, String detail) implements BatchReading {}
}
