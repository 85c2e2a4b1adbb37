/**
 * One process put together: the data folder, the embedded servers, the lanes, the deployments,
 * start and stop; its own batches, which warm the path up and keep it warm.
 *
 * <p>Messages in and out: none; this package deploys the verticles that have them. Budget: none, it
 * works before the first request and after the last. Thread: the main thread or a worker; the
 * embedded servers block and are never called from an event loop.
 */
@NullMarked
package io.sub30.node;

import org.jspecify.annotations.NullMarked;
