package io.sub30.ml;

import java.util.Arrays;
import java.util.Comparator;

/**
 * How good forecast probabilities were.
 *
 * @param logLoss mean of −ln p of what occurred, nats
 * @param brier mean of the squared differences, summed over the classes
 * @param calibrationError expected calibration error of the first class, over ten bins of equal
 *     count
 */
record Probabilities(double logLoss, double brier, double calibrationError) {

  private static final int BINS = 10;
  private static final double LEAST = 1e-12;

  /**
   * Scores forecasts.
   *
   * @param forecasts one row a sample, one column a class
   * @param classes what occurred
   */
  static Probabilities of(double[][] forecasts, int[] classes) {
    double brier = 0;
    for (int i = 0; i < classes.length; i++) {
      for (int c = 0; c < forecasts[i].length; c++) {
        double difference = forecasts[i][c] - (classes[i] == c ? 1 : 0);
        brier += difference * difference / classes.length;
      }
    }
    double logLoss = Arrays.stream(losses(forecasts, classes)).average().orElse(0);
    return new Probabilities(logLoss, brier, calibrationError(forecasts, classes));
  }

  /** The log-loss of each forecast. */
  static double[] losses(double[][] forecasts, int[] classes) {
    double[] out = new double[classes.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = -Math.log(Math.max(forecasts[i][classes[i]], LEAST));
    }
    return out;
  }

  private static double calibrationError(double[][] forecasts, int[] classes) {
    Integer[] order = new Integer[classes.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> forecasts[i][0]));
    double error = 0;
    for (int bin = 0; bin < BINS; bin++) {
      int from = (int) ((long) order.length * bin / BINS);
      int to = (int) ((long) order.length * (bin + 1) / BINS);
      double said = 0;
      double occurred = 0;
      for (int i = from; i < to; i++) {
        said += forecasts[order[i]][0];
        occurred += classes[order[i]] == 0 ? 1 : 0;
      }
      error += Math.abs(said - occurred) / order.length;
    }
    return error;
  }
}
