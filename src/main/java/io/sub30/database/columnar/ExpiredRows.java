package io.sub30.database.columnar;

/**
 * What one step of retention removed; bars that were made of the ticks alone went with them.
 *
 * @param batches none: nothing more has expired
 * @param ticks of these batches
 */
public record ExpiredRows(long batches, long ticks) {

  static final ExpiredRows NONE = new ExpiredRows(0, 0);
}
