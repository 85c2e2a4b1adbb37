/**
 * The edge of the house: the verticle, one listener a lane, and the front that hands each request
 * to the room it belongs to.
 *
 * <p>The rooms, each of which knows only those named after it: {@code http} and {@code grpc} read a
 * request and write its answer; {@code ingress} says who asks, whether it may come in, and takes it
 * to its lane; {@code cells} is what the lane does with it. {@code requests}, {@code answers},
 * {@code identity} and {@code text} are plain Java: what is read, what is written, who is believed
 * and how things are spelled. {@code api}, {@code connections}, {@code rates} and {@code tls} stand
 * beside them, below {@code ingress}.
 *
 * <p>Messages in: a terminal's requests; {@code LaneTable}, {@code ProcessReadiness}. Messages out:
 * those of the path, to the lane that owns the tenant's cell. Budget lines: {@code client_gateway},
 * {@code api_gateway} and {@code response_assembly}. Thread: a connection's event loop reads and
 * authenticates, the tenant's lane does the rest.
 */
@NullMarked
package io.sub30.gateway;

import org.jspecify.annotations.NullMarked;
