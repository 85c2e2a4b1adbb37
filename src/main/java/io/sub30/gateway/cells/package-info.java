/**
 * The lane's side of a batch: the cell of its tenant, which takes one at a time, and the path
 * through the components. Whether there is time for it, what is left out when there is not, and
 * what becomes of the state it changed tentatively are decided here.
 *
 * <p>Messages in: {@code Submission}, by way of the verticle. Out: those of the path ({@code
 * EnrichRequest}, {@code PredictRequest}, {@code DecideRequest}, {@code StoreRequest}, {@code
 * LookupRequest}, {@code SettleRequest}) and of a cell's opening, saving and forgetting. Budget:
 * {@code api_gateway}; what is asked on the way has lines of its own. Thread: the tenant's lane and
 * no other.
 */
@NullMarked
package io.sub30.gateway.cells;

import org.jspecify.annotations.NullMarked;
