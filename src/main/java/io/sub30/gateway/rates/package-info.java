/**
 * How often a tenant may ask: one bucket a tenant, by the generic cell rate algorithm, shared by
 * all connections and listeners of the process. Plain Java.
 *
 * <p>In: a tenant, its tier and the time. Out: yes, or when. Budget: part of {@code api_gateway},
 * below a microsecond. Thread: any; nothing here locks.
 */
@NullMarked
package io.sub30.gateway.rates;

import org.jspecify.annotations.NullMarked;
