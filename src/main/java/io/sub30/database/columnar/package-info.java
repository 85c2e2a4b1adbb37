/**
 * The columnar copy of every committed tick, and the relay that feeds it.
 *
 * <p>Role: {@link io.sub30.database.columnar.Columnar} reads committed rows of {@code tick_batches}
 * from PostgreSQL in commit-safe order and appends them in large blocks to DuckDB, delivered at
 * least once and counted once, and answers history queries from there. Messages in and out: none on
 * the bus; the parent package calls it. Budget: none, it is off the path of every request. Thread:
 * PostgreSQL is read on the event loop that started it, DuckDB runs on two worker threads of its
 * own (one writes, one reads), never on a loop.
 */
@NullMarked
package io.sub30.database.columnar;

import org.jspecify.annotations.NullMarked;
