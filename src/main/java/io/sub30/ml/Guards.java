package io.sub30.ml;

import java.util.Arrays;
import java.util.List;

/** Takes the {@link Guard}s from what a model was trained on. */
final class Guards {

  /** Widens a bound that is itself a seen value: rounding to float must not exclude it. */
  private static final double ROUNDING = 1e-5;

  private Guards() {}

  /** Of features: sigmas are taken of the compressed values, as the head sees them. */
  static Guard features(List<Sample> samples, float[] units) {
    double[] low = new double[units.length];
    double[] high = new double[units.length];
    double[] values = new double[samples.size()];
    for (int f = 0; f < units.length; f++) {
      for (int i = 0; i < values.length; i++) {
        values[i] = Head.asinh(samples.get(i).features()[f] / units[f]);
      }
      double[] bounds = bounds(values);
      low[f] = bounds.length == 0 ? -Guard.UNBOUNDED : units[f] * Math.sinh(bounds[0]);
      high[f] = bounds.length == 0 ? Guard.UNBOUNDED : units[f] * Math.sinh(bounds[1]);
    }
    return new Guard(low, high);
  }

  /** Of embeddings, which are standardised already. */
  static Guard embedding(List<float[]> embeddings) {
    double[] low = new double[Encoder.SIZE];
    double[] high = new double[Encoder.SIZE];
    double[] values = new double[embeddings.size()];
    for (int e = 0; e < Encoder.SIZE; e++) {
      for (int i = 0; i < values.length; i++) {
        values[i] = embeddings.get(i)[e];
      }
      double[] bounds = bounds(values);
      low[e] = bounds.length == 0 ? -Guard.UNBOUNDED : bounds[0];
      high[e] = bounds.length == 0 ? Guard.UNBOUNDED : bounds[1];
    }
    return new Guard(low, high);
  }

  /**
   * Eight sigmas around the mean, and at least all that was seen: a rare flag is far out and known.
   * Empty when the value never varied: then the model gives it no weight and anything will do.
   */
  private static double[] bounds(double[] values) {
    double mean = Arrays.stream(values).average().orElse(0);
    double variance = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElse(0);
    double sigma = Math.sqrt(variance);
    if (sigma < 1e-9) {
      return new double[0];
    }
    double reach = Guard.SIGMAS * sigma;
    double low = Math.min(mean - reach, Arrays.stream(values).min().orElse(0));
    double high = Math.max(mean + reach, Arrays.stream(values).max().orElse(0));
    double slack = ROUNDING * (high - low);
    return new double[] {low - slack, high + slack};
  }
}
