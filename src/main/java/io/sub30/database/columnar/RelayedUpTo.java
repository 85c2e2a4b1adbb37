package io.sub30.database.columnar;

/**
 * A position of the intake up to and including which the columnar store has it.
 *
 * @param xid as PostgreSQL writes a transaction id
 * @param id within the transaction
 */
public record RelayedUpTo(String xid, long id) {}
