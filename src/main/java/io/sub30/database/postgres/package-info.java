/**
 * The system of record: schema, the intake's group commit, cells, recorded signals, and the
 * replicas these are read from. Visible to {@code io.sub30.database} only.
 *
 * <p>Messages in and out: none. Budget: part of line {@code database_service}. Thread: the lane
 * whose verticle made the pool.
 */
@NullMarked
package io.sub30.database.postgres;

import org.jspecify.annotations.NullMarked;
