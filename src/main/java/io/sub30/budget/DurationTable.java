package io.sub30.budget;

import java.util.Arrays;

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

  /** Begins anew, to be made of so many samples, none of them in a bucket before that one. */
  void start(long ofSamples, int firstBucket) {
    Arrays.fill(distribution, 0, firstBucket, 0);
    samples = ofSamples;
    atRisk = ofSamples;
    surviving = 1;
  }

  /** Takes the next bucket, from the first on. */
  void next(int bucket, long ended, long censored) {
    if (ended > 0) {
      surviving *= 1 - (double) ended / atRisk;
    }
    atRisk -= ended + censored;
    distribution[bucket] = 1 - surviving;
  }

  /** There are no samples from that bucket on. */
  void end(int firstBucket) {
    Arrays.fill(distribution, firstBucket, DurationBuckets.COUNT, 1 - surviving);
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
   * The duration within which that share ends, nanoseconds, rounded up to the end of its bucket, so
   * that what is reserved by it is enough; {@link Long#MAX_VALUE} when that is beyond what was seen
   * to end.
   */
  long quantileNanos(double share) {
    int bucket = bucketOf(share);
    return bucket == DurationBuckets.COUNT ? Long.MAX_VALUE : DurationBuckets.upperNanos(bucket);
  }

  /**
   * The duration within which half ends, nanoseconds, as if what ended in a bucket had ended evenly
   * spread over it: what is compared with it must not be held against a duration for the 6 % that a
   * bucket is wide. {@link Long#MAX_VALUE} when that is beyond what was seen to end.
   */
  long medianNanos() {
    int bucket = bucketOf(0.5);
    if (bucket == DurationBuckets.COUNT) {
      return Long.MAX_VALUE;
    }
    long lower = bucket == 0 ? 0 : DurationBuckets.upperNanos(bucket - 1);
    double before = bucket == 0 ? 0 : distribution[bucket - 1];
    double part = (0.5 - before) / (distribution[bucket] - before);
    return lower + Math.round(part * (DurationBuckets.upperNanos(bucket) - lower));
  }

  /** The first bucket by whose end that share has ended; one past the last when there is none. */
  private int bucketOf(double share) {
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
    return low;
  }
}
