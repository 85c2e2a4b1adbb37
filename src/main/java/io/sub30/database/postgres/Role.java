package io.sub30.database.postgres;

/**
 * The roles of the schema. A connection takes one on when it is made; row-level security binds all
 * of them, see {@code V2__tenants_and_partitions.sql}.
 */
public enum Role {
  /** Commits batches of every tenant; reads keys and epochs only. */
  WRITER("sub30_writer"),
  /** Reads what one tenant has recorded. */
  READER("sub30_reader"),
  /** Takes, restores and saves the cell of one tenant, and looks up its keys. */
  CELL("sub30_cell"),
  /** Reads the intake of every tenant. */
  RELAY("sub30_relay"),
  /** Counts, expires and erases. No request ever runs as it. */
  KEEPER("sub30_keeper");

  private final String sqlName;

  Role(String sqlName) {
    this.sqlName = sqlName;
  }

  /** A plain name that needs no quotes. */
  public String sqlName() {
    return sqlName;
  }
}
