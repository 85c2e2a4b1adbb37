/**
 * The edge of the house: reads what a terminal sends, says who it is, and writes what it gets back.
 *
 * <p>Role: HTTP and gRPC on one port; tokens; strict JSON and protobuf; the path of one batch;
 * problems as RFC 9457. Messages in: a terminal's requests. Messages out: those of the path, to the
 * lane that owns the tenant's cell. Budget lines: {@code client_gateway}, {@code api_gateway} and
 * {@code response_assembly}. Thread: a connection's event loop reads and authenticates, the
 * tenant's lane does the rest. The codecs and the token classes know nothing of either and are
 * tested alone.
 */
@NullMarked
package io.sub30.gateway;

import org.jspecify.annotations.NullMarked;
