package io.sub30.budget;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Whether predicted probabilities come true: of the requests that were given about that chance of
 * being answered in time, how many were. A shedder that promises 0.9 and keeps 0.7 sheds too late;
 * one that keeps 0.99 sheds too much.
 *
 * <p>Written by one thread, read by any.
 */
public final class Calibration {

  /** Chances are gathered by twentieths. */
  public static final int BINS = 20;

  private static final double MILLIONTHS = 1e6;

  private final AtomicLongArray counts = new AtomicLongArray(BINS);
  private final AtomicLongArray predictedMillionths = new AtomicLongArray(BINS);
  private final AtomicLongArray kept = new AtomicLongArray(BINS);

  /** One request whose chance was {@code predicted}, 0 to 1, and how it ended. */
  void record(double predicted, boolean inTime) {
    int bin = Math.min(BINS - 1, (int) (predicted * BINS));
    counts.lazySet(bin, counts.get(bin) + 1);
    predictedMillionths.lazySet(
        bin, predictedMillionths.get(bin) + Math.round(predicted * MILLIONTHS));
    if (inTime) {
      kept.lazySet(bin, kept.get(bin) + 1);
    }
  }

  /** How many requests had a chance in that bin. */
  public long count(int bin) {
    return counts.get(bin);
  }

  /** How many of them were in time. */
  public long kept(int bin) {
    return kept.get(bin);
  }

  /** The sum of their predicted chances. */
  public double predictedSum(int bin) {
    return predictedMillionths.get(bin) / MILLIONTHS;
  }
}
