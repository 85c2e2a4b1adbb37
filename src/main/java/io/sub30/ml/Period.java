package io.sub30.ml;

/**
 * The stretch of history a model was made from.
 *
 * @param fromMsc first sample, UTC
 * @param toMsc last sample, UTC
 * @param split how it was cut
 */
record Period(long fromMsc, long toMsc, Split split) {}
