package io.sub30.ml;

import java.util.Arrays;

/**
 * Maps a classifier's scores to probabilities on a later fold than it was trained on: a slope and
 * one offset a class (with two classes this is Platt's scaling, with more temperature scaling with
 * shifts). Fitted by Newton's method on the log-loss, with a weak pull towards "no information".
 */
record Calibration(double slope, double[] offsets) {

  private static final int STEPS = 50;

  /** Keeps the system solvable when a class never occurs; in units of one sample. */
  private static final double PULL = 1.0;

  /**
   * Fits to scores and the classes that occurred.
   *
   * @param scores one row a sample, one column a class
   * @param classes index of the class that occurred
   * @param count of classes
   */
  static Calibration fit(double[][] scores, int[] classes, int count) {
    // Offsets of all classes but the last, then the slope.
    double[] parameters = new double[count];
    double before = Double.MAX_VALUE;
    for (int step = 0; step < STEPS; step++) {
      double[] gradient = new double[count];
      double[][] curvature = new double[count][count];
      double loss = accumulate(scores, classes, parameters, gradient, curvature);
      if (before - loss < 1e-10 * Math.abs(loss)) {
        break;
      }
      before = loss;
      double[] move = solve(curvature, gradient);
      double length = 0;
      for (double m : move) {
        length = Math.max(length, Math.abs(m));
      }
      for (int i = 0; i < count; i++) {
        // The loss is convex; steps of at most 2 keep Newton's method from overshooting early.
        parameters[i] -= move[i] * Math.min(1, 2 / Math.max(length, 1e-12));
      }
    }
    double[] offsets = new double[count];
    System.arraycopy(parameters, 0, offsets, 0, count - 1);
    // Scores that point the wrong way are noise: then the class frequencies are the answer.
    double slope = Math.max(0, parameters[count - 1]);
    return slope > 0 ? new Calibration(slope, offsets) : frequencies(classes, count);
  }

  private static Calibration frequencies(int[] classes, int count) {
    double[] offsets = new double[count];
    Arrays.fill(offsets, 1);
    for (int c : classes) {
      offsets[c]++;
    }
    for (int i = 0; i < count; i++) {
      offsets[i] = Math.log(offsets[i]);
    }
    return new Calibration(0, offsets);
  }

  private static double accumulate(
      double[][] scores,
      int[] classes,
      double[] parameters,
      double[] gradient,
      double[][] hessian) {
    int count = parameters.length;
    int slope = count - 1;
    double loss = 0;
    for (int i = 0; i < scores.length; i++) {
      double[] p = new double[count];
      for (int c = 0; c < count; c++) {
        p[c] = parameters[slope] * scores[i][c] + (c < slope ? parameters[c] : 0);
      }
      softmax(p);
      loss -= Math.log(Math.max(p[classes[i]], 1e-300));
      double mean = 0;
      double square = 0;
      for (int c = 0; c < count; c++) {
        mean += p[c] * scores[i][c];
        square += p[c] * scores[i][c] * scores[i][c];
      }
      gradient[slope] += mean - scores[i][classes[i]];
      hessian[slope][slope] += square - mean * mean;
      for (int c = 0; c < slope; c++) {
        gradient[c] += p[c] - (classes[i] == c ? 1 : 0);
        double cross = p[c] * (scores[i][c] - mean);
        hessian[slope][c] += cross;
        hessian[c][slope] += cross;
        for (int d = 0; d < slope; d++) {
          hessian[c][d] += p[c] * ((c == d ? 1 : 0) - p[d]);
        }
      }
    }
    for (int i = 0; i < count; i++) {
      loss += 0.5 * PULL * parameters[i] * parameters[i];
      gradient[i] += PULL * parameters[i];
      hessian[i][i] += PULL;
    }
    return loss;
  }

  /** Solves a small symmetric positive system by elimination; both arguments are used up. */
  private static double[] solve(double[][] a, double[] b) {
    int n = b.length;
    for (int i = 0; i < n; i++) {
      for (int row = i + 1; row < n; row++) {
        double factor = a[row][i] / a[i][i];
        for (int column = i; column < n; column++) {
          a[row][column] -= factor * a[i][column];
        }
        b[row] -= factor * b[i];
      }
    }
    double[] x = new double[n];
    for (int i = n - 1; i >= 0; i--) {
      double sum = b[i];
      for (int column = i + 1; column < n; column++) {
        sum -= a[i][column] * x[column];
      }
      x[i] = sum / a[i][i];
    }
    return x;
  }

  /** Turns scores into probabilities in place. */
  static void softmax(double[] scores) {
    double max = Double.NEGATIVE_INFINITY;
    for (double s : scores) {
      max = Math.max(max, s);
    }
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Math.exp(scores[i] - max);
      sum += scores[i];
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
