/**
 * Answers to reads that are kept at the edge for a moment, so that a question that comes again
 * costs neither a lane nor a store.
 *
 * <p>In: a tenant's question and, when nothing fresh is kept, the answer a lane gave. Out: the kept
 * answer, and the headers that say how old it is and how long it may be kept. One store for the
 * process, so that what a tenant writes over one connection ends what is kept for all of its
 * others, whatever event loop they are on. Budget: part of {@code api_gateway}, about a
 * microsecond. Thread: any; nothing here locks for longer than a map does.
 */
@NullMarked
package io.sub30.gateway.edge;

import org.jspecify.annotations.NullMarked;
