/**
 * The routes of the API over HTTP/2 and HTTP/1.1: what of a request is looked at, in which order,
 * and how its answer is written.
 *
 * <p>Messages in and out: none of its own, {@code ingress} has them. Budget: {@code client_gateway}
 * and {@code response_assembly}. Thread: the connection's event loop.
 */
@NullMarked
package io.sub30.gateway.http;

import org.jspecify.annotations.NullMarked;
