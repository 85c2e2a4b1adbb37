package io.sub30.database.columnar;

import io.vertx.core.buffer.Buffer;

/**
 * One committed row of {@code tick_batches} as read, its ticks still encoded.
 *
 * @param sequence the terminal's own count of its batches
 * @param ordinal of the batch in its cell
 * @param receivedMsc when the batch was received, UTC milliseconds
 * @param tickCount ticks the row claims to hold
 * @param ticks an encoded {@code sub30.v1.TickColumns}
 */
record IntakeRow(
    Watermark position,
    String tenant,
    String terminal,
    long sequence,
    long ordinal,
    long receivedMsc,
    int tickCount,
    Buffer ticks) {}
