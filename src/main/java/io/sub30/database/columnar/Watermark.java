package io.sub30.database.columnar;

/**
 * A position in the intake: everything up to and including it is in the columnar store.
 *
 * @param xid the full transaction id ({@code xid8}) that inserted the row, unsigned 64 bits
 * @param id the row's identity, unique within the intake
 */
record Watermark(long xid, long id) implements Comparable<Watermark> {

  /** Before the first row: PostgreSQL's first normal transaction id is 3. */
  static final Watermark START = new Watermark(0, 0);

  /** The transaction id in PostgreSQL's text form. */
  String xidText() {
    return Long.toUnsignedString(xid);
  }

  @Override
  public int compareTo(Watermark other) {
    int byTransaction = Long.compareUnsigned(xid, other.xid);
    return byTransaction != 0 ? byTransaction : Long.compare(id, other.id);
  }
}
