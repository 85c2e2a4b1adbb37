/**
 * The spool: batches that are acknowledged while the system of record is away, on the local disk
 * until it has them. Visible to {@code io.sub30.database} only.
 *
 * <p>Messages in and out: none. Budget: part of line {@code database_service}. Thread: one worker
 * of its own; what a lane asks without waiting is in memory.
 */
@NullMarked
package io.sub30.database.spool;

import org.jspecify.annotations.NullMarked;
