/**
 * The API over gRPC: the gateway's calls, health and reflection.
 *
 * <p>Messages in and out: none of its own, {@code ingress} has them. Budget: {@code client_gateway}
 * and {@code response_assembly}. Thread: the connection's event loop.
 */
@NullMarked
package io.sub30.gateway.grpc;

import org.jspecify.annotations.NullMarked;
