/**
 * The central hub: service discovery and nothing else; no data passes through it.
 *
 * <p>Messages in: {@code Heartbeat}, published by every component of every lane about once a
 * second. Messages out: {@code LaneTable}, published whenever the table changes and at least every
 * two seconds. Budget: {@code central_hub}, 2 ms; a request spends none of it here, because
 * everyone resolves in a {@link io.sub30.bus.LaneSnapshot} of their own. Thread: the one loop its
 * verticle was deployed on.
 */
@NullMarked
package io.sub30.hub;

import org.jspecify.annotations.NullMarked;
