package io.sub30.client;

/**
 * How far a replay is. {@code sent} counts batches whose time came; what is not in the other three
 * is on its way.
 */
public record ReplayProgress(long sent, long ok, long refused, long errors, long elapsedMillis) {}
