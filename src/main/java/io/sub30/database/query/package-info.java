/**
 * Which of several stores a query is put to.
 *
 * <p>Role: a {@link io.sub30.database.query.QueryClass} names its candidates in order; {@link
 * io.sub30.database.query.SourceChoice} orders them by health and measured latency. Plain Java:
 * nothing is asked from here. Messages in and out: none, the parent package calls it. Budget: part
 * of {@code database_service}, under a microsecond. Thread: its lane.
 */
@NullMarked
package io.sub30.database.query;

import org.jspecify.annotations.NullMarked;
