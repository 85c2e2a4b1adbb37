package io.sub30.ml;

/**
 * A mean over the test fold with how sure it is: the fold is cut into blocks by time, since
 * neighbouring samples overlap and are no independent evidence.
 *
 * @param mean of all values
 * @param t the mean of the blocks over its standard error, 0 when there are too few values
 */
record Skill(double mean, double t) {

  /** Blocks; each must hold several horizons. */
  private static final int BLOCKS = 20;

  /** Beyond this a mean counts as above zero: about 1 in 300 on 20 blocks of noise. */
  static final double SURE = 3;

  static Skill of(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double mean = values.length == 0 ? 0 : sum / values.length;
    if (values.length < 2 * BLOCKS) {
      return new Skill(mean, 0);
    }
    double[] blocks = new double[BLOCKS];
    for (int b = 0; b < BLOCKS; b++) {
      int from = (int) ((long) values.length * b / BLOCKS);
      int to = (int) ((long) values.length * (b + 1) / BLOCKS);
      for (int i = from; i < to; i++) {
        blocks[b] += values[i] / (to - from);
      }
    }
    double centre = 0;
    for (double block : blocks) {
      centre += block / BLOCKS;
    }
    double squares = 0;
    for (double block : blocks) {
      squares += (block - centre) * (block - centre);
    }
    double error = Math.sqrt(squares / (BLOCKS - 1) / BLOCKS);
    return new Skill(mean, error == 0 ? 0 : centre / error);
  }

  /** Whether the mean is surely above zero. */
  boolean sure() {
    return t > SURE;
  }
}
