package io.sub30.ml;

/**
 * The range of each input within which a model was trained, in the input's own unit. Beyond it
 * there is no prediction rather than an extrapolated one.
 *
 * @param low inclusive
 * @param high inclusive
 */
record Guard(double[] low, double[] high) {

  /**
   * Width of the range on both sides of the mean, in standard deviations of what was trained on.
   */
  static final double SIGMAS = 8;

  /** The bounds below which and above which nothing is excluded. */
  static final double UNBOUNDED = Double.MAX_VALUE;

  /** Whether every value is finite and within its range. */
  boolean admits(float[] values) {
    for (int i = 0; i < low.length; i++) {
      // Written so that NaN fails; infinity exceeds every bound.
      if (!(values[i] >= low[i] && values[i] <= high[i])) {
        return false;
      }
    }
    return true;
  }
}
