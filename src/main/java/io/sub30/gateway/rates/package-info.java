/**
 * How often a tenant may ask: one bucket a tenant, by the generic cell rate algorithm, shared by
 * all connections and listeners of the process. Plain Java.
 *
 * <p>A batch over the rate may wait for its tenant's next turn, in a line of its event loop.
 *
 * <p>In: a tenant, its tier and the time. Out: yes, or when. Budget: part of {@code api_gateway},
 * below a microsecond. Thread: any, of a {@link WaitingLine} one; nothing here locks.
 */
@NullMarked
package io.sub30.gateway.rates;

import org.jspecify.annotations.NullMarked;
