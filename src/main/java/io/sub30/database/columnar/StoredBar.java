package io.sub30.database.columnar;

/**
 * One M1 bar of mid prices computed from stored ticks.
 *
 * @param openMsc start of the minute, UTC milliseconds
 * @param ticks priced ticks within it
 */
public record StoredBar(
    long openMsc, double open, double high, double low, double close, long ticks) {}
