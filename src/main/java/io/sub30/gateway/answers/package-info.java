/**
 * What a client gets, before any transport writes it: results, pages and problems as JSON, and the
 * codes of everything that can go wrong. Knows nothing of HTTP, gRPC or the bus.
 *
 * <p>Messages in and out: none; it writes those of {@code ticks.proto}. Budget: part of {@code
 * response_assembly}. Thread: any, everything is immutable.
 */
@NullMarked
package io.sub30.gateway.answers;

import org.jspecify.annotations.NullMarked;
