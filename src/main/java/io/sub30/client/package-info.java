/**
 * What stands outside the server: the Java client that an MT5 bridge would use, and the open-loop
 * replay of tick files.
 *
 * <p>Messages out: {@code TickBatch} to {@code POST /v1/ticks} or the gRPC method {@code
 * SubmitTicks}, or to the stream {@code POST /v1/ticks/stream}; in: {@code TickResult} or a
 * problem. Nothing here touches the bus; the breaker between gRPC and the stream is its own.
 *
 * <p>Budget: none of the server's lines; the client's own share of a latency is part of what a
 * replay reports.
 *
 * <p>Thread: a client belongs to the Vert.x instance it is given. A replay owns one Vert.x instance
 * with one event loop, a pacing thread and a thread that reads and encodes ahead.
 */
@NullMarked
package io.sub30.client;

import org.jspecify.annotations.NullMarked;
