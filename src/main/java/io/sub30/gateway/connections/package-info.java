/**
 * What a connection may do, whatever it is used for: how many there are, how long one may be silent
 * or slow, and how many control frames it may send.
 *
 * <p>Messages in and out: none. Budget: none of a request's; a connection that exceeds a bound is
 * closed or told to go. Thread: the connection's event loop; {@link
 * io.sub30.gateway.connections.TenantConnections} is shared by all.
 */
@NullMarked
package io.sub30.gateway.connections;

import org.jspecify.annotations.NullMarked;
