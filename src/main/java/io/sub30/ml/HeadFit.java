package io.sub30.ml;

import java.util.Arrays;
import java.util.List;

/**
 * Fits a head: units and standardisation from the train fold, weights by {@link LinearFit}, and
 * probabilities by {@link Calibration} on the later fold.
 */
final class HeadFit {

  /** Steps of the stage "fit": the encoder, then the head's three answers. */
  static final int STEPS = 4;

  private final List<float[]> embeddings;
  private final float[] units;
  private final double[] means;
  private final double[] deviations;
  private final int columns;

  private HeadFit(List<float[]> embeddings, Fold train) {
    this.embeddings = embeddings;
    units = units(train.samples());
    columns = Encoder.SIZE + 2 * units.length;
    means = new double[columns];
    deviations = new double[columns];
    double[][] rows = rows(train);
    for (int i = 0; i < columns; i++) {
      double sum = 0;
      for (double[] row : rows) {
        sum += row[i];
      }
      means[i] = sum / rows.length;
      double squares = 0;
      for (double[] row : rows) {
        squares += (row[i] - means[i]) * (row[i] - means[i]);
      }
      deviations[i] = Math.sqrt(squares / rows.length);
    }
  }

  /**
   * Fits.
   *
   * @param embeddings of every window, by the sample's window index
   * @param seed of the order in which samples are visited
   * @param progress told after each of the three answers
   */
  static Head fit(
      List<float[]> embeddings,
      Fold train,
      Fold calibration,
      long seed,
      TrainingProgress progress) {
    HeadFit fit = new HeadFit(embeddings, train);
    double[][] known = fit.standardised(train);
    double[][] later = fit.standardised(calibration);
    LinearFit linear = new LinearFit(known, seed);
    double[][] rows = new double[Head.ROWS][];

    double[][] direction = linear.classes(train.directions(), 3);
    Calibration three = Calibration.fit(scores(later, direction), calibration.directions(), 3);
    for (int c = 0; c < 3; c++) {
      rows[c] = scaled(direction[c], three.slope(), three.offsets()[c]);
    }
    progress.advanced(2, STEPS, "fit");
    double[][] exceeds = linear.classes(train.exceeds(), 2);
    Calibration two = Calibration.fit(scores(later, exceeds), calibration.exceeds(), 2);
    // Of a softmax over two classes only the difference matters: it is the sigmoid's argument.
    double[] yes = scaled(exceeds[1], two.slope(), two.offsets()[1]);
    double[] no = scaled(exceeds[0], two.slope(), two.offsets()[0]);
    rows[Head.EXCEEDS] = difference(yes, no);
    progress.advanced(3, STEPS, "fit");
    rows[Head.VOLATILITY] = fit.volatility(linear, train, later, calibration);
    progress.advanced(4, STEPS, "fit");
    return fit.fold(rows);
  }

  /**
   * The expected logarithm says what is typical; what is asked for is the standard deviation of the
   * return, so the level is set where squared returns of the later fold average to it.
   */
  private double[] volatility(LinearFit linear, Fold train, double[][] later, Fold calibration) {
    double[] targets = train.logVolatilities();
    double centre = Arrays.stream(targets).average().orElseThrow();
    // Descent starts at zero: a target around zero needs no epochs to find its level.
    double[] row = linear.values(Arrays.stream(targets).map(y -> y - centre).toArray());
    row[columns] += centre;
    double ratio = 0;
    for (int i = 0; i < later.length; i++) {
      double move = calibration.labels().get(i).move();
      ratio += move * move * Math.exp(-2 * dot(row, later[i]));
    }
    row[columns] += 0.5 * Math.log(Math.max(ratio / later.length, 1e-6));
    return row;
  }

  private Head fold(double[][] rows) {
    float[][] weights = new float[Head.ROWS][columns];
    float[] biases = new float[Head.ROWS];
    for (int row = 0; row < Head.ROWS; row++) {
      double bias = rows[row][columns];
      for (int i = 0; i < columns; i++) {
        double weight = deviations[i] < 1e-9 ? 0 : rows[row][i] / deviations[i];
        weights[row][i] = (float) weight;
        bias -= weight * means[i];
      }
      biases[row] = (float) bias;
    }
    return new Head(units, weights, biases);
  }

  private double[][] rows(Fold fold) {
    double[][] out = new double[fold.size()][columns];
    for (int i = 0; i < out.length; i++) {
      Sample sample = fold.samples().get(i);
      Head.expand(embeddings.get(sample.window()), sample.features(), units, out[i]);
    }
    return out;
  }

  private double[][] standardised(Fold fold) {
    double[][] out = rows(fold);
    for (double[] row : out) {
      for (int i = 0; i < columns; i++) {
        row[i] = deviations[i] < 1e-9 ? 0 : (row[i] - means[i]) / deviations[i];
      }
    }
    return out;
  }

  /** A feature's unit: the median of its size, so that asinh bends where the tail begins. */
  private static float[] units(List<Sample> samples) {
    float[] out = new float[samples.get(0).features().length];
    double[] sizes = new double[samples.size()];
    for (int f = 0; f < out.length; f++) {
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = Math.abs(samples.get(i).features()[f]);
      }
      Arrays.sort(sizes);
      int firstPositive = 0;
      while (firstPositive < sizes.length && sizes[firstPositive] == 0) {
        firstPositive++;
      }
      // Of those that are not zero: a rare event's size matters, not its rarity.
      double median =
          firstPositive == sizes.length ? 1 : sizes[(firstPositive + sizes.length - 1) / 2];
      out[f] = (float) Math.max(median, 1e-30);
    }
    return out;
  }

  private static double[][] scores(double[][] rows, double[][] weights) {
    double[][] out = new double[rows.length][weights.length];
    for (int i = 0; i < rows.length; i++) {
      for (int c = 0; c < weights.length; c++) {
        out[i][c] = dot(weights[c], rows[i]);
      }
    }
    return out;
  }

  /** The last weight is the bias. */
  private static double dot(double[] weights, double[] row) {
    double sum = weights[row.length];
    for (int i = 0; i < row.length; i++) {
      sum += weights[i] * row[i];
    }
    return sum;
  }

  private static double[] scaled(double[] weights, double slope, double offset) {
    double[] out = new double[weights.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = weights[i] * slope;
    }
    out[out.length - 1] += offset;
    return out;
  }

  private static double[] difference(double[] a, double[] b) {
    double[] out = new double[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = a[i] - b[i];
    }
    return out;
  }
}
