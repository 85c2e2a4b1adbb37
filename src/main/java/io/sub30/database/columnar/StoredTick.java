package io.sub30.database.columnar;

/**
 * One tick of the columnar store; (sequence, index) identifies it within its terminal.
 *
 * @param index position in the batch as sent
 * @param timeMsc UTC milliseconds
 * @param bid price; 0 when unknown, like {@code ask} and {@code last}
 * @param volume of the last deal
 * @param flags TICK_FLAG bits
 * @param quality bits set by the data bridge
 * @param receivedMsc when its batch was received, UTC milliseconds
 */
public record StoredTick(
    long sequence,
    int index,
    long timeMsc,
    double bid,
    double ask,
    double last,
    double volume,
    int flags,
    int quality,
    long receivedMsc) {}
