/**
 * One rate for each tenant of several processes, kept in the Redis they have in common.
 *
 * <p>In: a request that this process would let in. Out: whether it is within the rate of all. It
 * costs a trip to Redis, a fifth of a millisecond, booked as waiting of {@code api_gateway}; away
 * or late, Redis costs 5 ms at most, and nothing once its breaker is open. Thread: each {@link
 * io.sub30.gateway.sharedrates.SharedRates} belongs to one event loop.
 */
@NullMarked
package io.sub30.gateway.sharedrates;

import org.jspecify.annotations.NullMarked;
