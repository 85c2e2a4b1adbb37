/**
 * What a client sends, read within its limits: batches of ticks as JSON, protobuf and blocks,
 * questions, and the headers that say how. What it refuses is a value, with the place, the value
 * and what would be right. Knows nothing of HTTP, gRPC or the bus.
 *
 * <p>Messages in and out: none; it makes those of {@code ticks.proto} and the questions of {@code
 * bus.proto}. Budget: part of {@code client_gateway}. Thread: any, but what says otherwise.
 */
@NullMarked
package io.sub30.gateway.requests;

import org.jspecify.annotations.NullMarked;
