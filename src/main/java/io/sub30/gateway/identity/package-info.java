/**
 * Who is asking: keys, the tokens signed with them, what a token allows, and those that are
 * revoked. Plain Java over {@code text}; knows nothing of HTTP, the bus or the rest of the gateway.
 *
 * <p>Role: {@link io.sub30.gateway.identity.TokenVerifier} says of a token whose it is or why it is
 * refused, {@link io.sub30.gateway.identity.TokenCache} remembers that, {@link
 * io.sub30.gateway.identity.TokenMint} makes tokens of this server's own. Messages in and out:
 * none. Budget: part of {@code client_gateway}: 0.4 microseconds for a remembered token; a new one
 * takes about a millisecond. Thread: all is thread-safe; what reads files or addresses, or checks a
 * signature, is for a worker.
 */
@NullMarked
package io.sub30.gateway.identity;

import org.jspecify.annotations.NullMarked;
