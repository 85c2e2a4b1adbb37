package io.sub30.budget;

/**
 * A distribution of durations to look things up in: the product-limit estimate (Kaplan and Meier
 * 1958), which counts a censored duration among those that lasted up to that point and not among
 * those that ended there. Leaving them out instead would make a hanging hop look quick.
 *
 * <p>Not thread-safe: the lane's.
 */
final class DurationTable {

  private final double[] distribution = new double[DurationBuckets.COUNT];
  private long samples;
  private long atRisk;
  private double surviving;

  /** Begins anew, to be made of so many samples. */
  void start(long ofSamples) {
    samples = ofSamples;
    atRisk = ofSamples;
    surviving = 1;
  }

  /** Takes the next bucket, from the shortest on. */
  void next(int bucket, long ended, long censored) {
    if (ended > 0) {
      surviving *= 1 - (double) ended / atRisk;
    }
    atRisk -= ended + censored;
    distribution[bucket] = 1 - surviving;
  }

  /** Samples it was made of. */
  long samples() {
    return samples;
  }

  /** The share that ends within {@code nanos}, 0 to 1; a bucket counts when it ends by then. */
  double probability(long nanos) {
    if (nanos <= 0) {
      return 0;
    }
    int bucket = DurationBuckets.of(nanos);
    if (bucket < DurationBuckets.COUNT - 1 && DurationBuckets.upperNanos(bucket) > nanos) {
      bucket--;
    }
    return bucket < 0 ? 0 : distribution[bucket];
  }

  /**
   * The duration within which that share ends, nanoseconds; {@link Long#MAX_VALUE} when that is
   * beyond what was seen to end.
   */
  long quantileNanos(double share) {
    int low = 0;
    int high = DurationBuckets.COUNT;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (distribution[middle] >= share) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low == DurationBuckets.COUNT ? Long.MAX_VALUE : DurationBuckets.upperNanos(low);
  }
}
