package io.sub30.database.query;

import java.util.Locale;

/** Where an answer can come from. */
public enum Source {
  /** The cache within the process. */
  PROCESS,
  /** A replica of the system of record. */
  REPLICA,
  /** The system of record. */
  PRIMARY,
  /** The columnar store, and the system of record for what is not in it yet. */
  COLUMNAR,
  /** The last page cached: old, but an answer. */
  CACHE;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name an answer carries. */
  public String label() {
    return label;
  }
}
