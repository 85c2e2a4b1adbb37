package io.sub30.gateway;

/**
 * What one request is called, in its answer and in the log.
 *
 * @param requestId ours, unique
 * @param traceparent its own span in its client's trace, as {@link TraceContext} writes it
 */
record Call(String requestId, String traceparent) {}
