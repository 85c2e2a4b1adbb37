package io.sub30.gateway.requests;

import io.sub30.v1.TickBatch;

/** What a batch asks for beside being stored; one that does not say wants everything. */
public final class Wanted {

  private static final String PREDICTION = "prediction";
  private static final String SIGNAL = "signal";

  private Wanted() {}

  /** Whether a batch may ask for that. */
  static boolean isKnown(String wanted) {
    return wanted.equals(PREDICTION) || wanted.equals(SIGNAL);
  }

  /** Predictions, for themselves or for the signals that are decided from them. */
  public static boolean predictions(TickBatch batch) {
    return wants(batch, PREDICTION) || signals(batch);
  }

  /** Signals. */
  public static boolean signals(TickBatch batch) {
    return wants(batch, SIGNAL);
  }

  private static boolean wants(TickBatch batch, String what) {
    return batch.getWantCount() == 0 || batch.getWantList().contains(what);
  }
}
