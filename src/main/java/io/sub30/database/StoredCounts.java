package io.sub30.database;

/**
 * What the stores hold of one terminal.
 *
 * @param acknowledgedFound of the sequences asked for, those the system of record has
 * @param recordedBatches batches in the system of record
 * @param recordedTicks ticks in the system of record
 * @param columnarBatches batches in the columnar store
 * @param columnarTicks ticks in the columnar store
 * @param columnarNotOnce batches of anyone that are in the columnar store other than exactly once
 */
public record StoredCounts(
    long acknowledgedFound,
    long recordedBatches,
    long recordedTicks,
    long columnarBatches,
    long columnarTicks,
    long columnarNotOnce) {

  /**
   * Whether every acknowledged batch is recorded, and every recorded one is in the columnar store
   * exactly once.
   */
  public boolean complete(long acknowledged) {
    return acknowledgedFound == acknowledged
        && columnarBatches == recordedBatches
        && columnarTicks == recordedTicks
        && columnarNotOnce == 0;
  }
}
