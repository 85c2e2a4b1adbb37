package io.sub30.database.postgres;

/** A stored row does not hold what this program wrote: corrupt, and nothing may be guessed. */
public final class UnreadableRow extends RuntimeException {

  private static final long serialVersionUID = 1;

  UnreadableRow(String message, Throwable cause) {
    super(message, cause);
  }
}
