package io.sub30.database.columnar;

import java.util.List;

/**
 * M1 bars, and up to where in the intake they count every batch and beyond which they count none.
 *
 * @param bars oldest first
 * @param xid of that position, as PostgreSQL writes a transaction id
 * @param id of that position within the transaction
 */
public record BarsUpTo(List<StoredBar> bars, String xid, long id) {

  static BarsUpTo of(List<StoredBar> bars, Watermark upTo) {
    return new BarsUpTo(bars, upTo.xidText(), upTo.id());
  }
}
