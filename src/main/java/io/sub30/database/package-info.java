/**
 * Durable storage: PostgreSQL as the system of record, replicas of it to read from, a columnar
 * store fed by a relay, a cache, and a journal for while the system of record is away.
 *
 * <p>Messages in: {@code database} (store), {@code database.lookup}, {@code database.open}, {@code
 * database.checkpoint}, {@code database.signals}, {@code database.latest}, {@code database.bars};
 * out: none but heartbeats. Budget: line {@code database_service}. Thread: its lane; blocking work
 * of the columnar store and of the journal runs on workers of their own.
 */
@NullMarked
package io.sub30.database;

import org.jspecify.annotations.NullMarked;
