package io.sub30.database.columnar;

/** The columnar store refused or failed; {@link #reason()} says which and what to do. */
public final class ColumnarException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Another process holds the file. Stop it, or use another data folder. */
    HELD,
    /** The block does not follow what the store holds: read the watermark again. */
    STALE,
    /** The store was filled from another PostgreSQL. It must be moved away, or the old one used. */
    OTHER_SOURCE,
    /** The store is well and will not take these rows: sent again they would be refused again. */
    REFUSED,
    /** The engine failed or is away: disk, memory, network, a damaged file. Try again. */
    FAILED
  }

  private final Reason reason;

  ColumnarException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  ColumnarException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why it failed. */
  public Reason reason() {
    return reason;
  }
}
