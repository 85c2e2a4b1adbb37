package io.sub30.database.columnar;

import io.sub30.v1.TickColumns;
import java.util.List;

/**
 * What one append adds: the batches after one watermark up to another.
 *
 * @param source names the intake; watermarks of different intakes do not compare
 * @param after the watermark the store must hold for this block to be added
 * @param upTo the watermark the store holds afterwards
 * @param batches decoded, in intake order
 * @param poison rows between the watermarks that cannot be decoded
 */
record Block(
    String source, Watermark after, Watermark upTo, List<Batch> batches, List<Poison> poison) {

  Block {
    if (upTo.compareTo(after) <= 0) {
      throw new IllegalArgumentException("a block must advance: " + after + " to " + upTo);
    }
  }

  /** One batch; {@code ticks} has parallel lists of equal length, see {@link BlockDecoder}. */
  record Batch(
      String tenant,
      String terminal,
      long sequence,
      long ordinal,
      long receivedMsc,
      TickColumns ticks) {}

  /** A row that is set aside, with why. Its bytes stay in PostgreSQL. */
  record Poison(Watermark position, String tenant, String terminal, long sequence, String reason) {}

  /** Ticks in all batches. */
  long tickCount() {
    long count = 0;
    for (Batch batch : batches) {
      count += batch.ticks().getTimeMscCount();
    }
    return count;
  }
}
