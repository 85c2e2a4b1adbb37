package io.sub30.ml;

import io.sub30.market.BarWindow;
import java.util.Arrays;
import java.util.List;

/**
 * The encoder as fitted to a market: for each kernel the share of positions where its response
 * exceeds a threshold (a quantile of what it gave in training), then how far the market moved, how
 * much and how busily, over three spans; all of it standardised. This is the oracle the exported
 * graph is compared with.
 *
 * @param thresholds one a kernel
 * @param floors of the six means that are taken the logarithm of
 * @param scale of each of the {@link #SIZE} values
 * @param shift added after scaling
 */
record Encoder(float[] thresholds, float[] floors, float[] scale, float[] shift) {

  /** Values in an embedding. */
  static final int SIZE = Kernels.COUNT + 12;

  /** Spans in bars, up to the whole window. */
  private static final int[] SPANS = {2, 8, BarWindow.LENGTH};

  private static final int MEANS = 2 * SPANS.length;
  private static final int RETURN = 0;
  private static final int RANGE = 1;
  private static final int ACTIVITY = 2;

  /** Windows that thresholds are taken from: enough for quantiles, and quick. */
  private static final int THRESHOLD_WINDOWS = 256;

  /** Room for rounding around a threshold, relative to the responses. */
  private static final double ROUNDING = 1e-5;

  private static final double LEAST_VARIATION = 0.03;
  private static final double GOLDEN = 0.6180339887498949;

  /** Fits thresholds, floors and the standardisation to windows; deterministic. */
  static Encoder fit(List<float[]> windows) {
    float[] weights = Kernels.weights();
    Encoder raw =
        new Encoder(thresholds(windows, weights), floors(windows), ones(), new float[SIZE]);
    double[] sum = new double[SIZE];
    double[] squares = new double[SIZE];
    float[] values = new float[SIZE];
    for (float[] window : windows) {
      raw.encode(window, weights, values);
      for (int i = 0; i < SIZE; i++) {
        sum[i] += values[i];
        squares[i] += (double) values[i] * values[i];
      }
    }
    float[] scale = new float[SIZE];
    float[] shift = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      double mean = sum[i] / windows.size();
      double deviation = Math.sqrt(Math.max(0, squares[i] / windows.size() - mean * mean));
      // What never varied says nothing: it becomes 0. What hardly varies around a large mean is not
      // blown up, since the rounding of its sum would be blown up with it.
      double unit = Math.max(deviation, LEAST_VARIATION * Math.abs(mean));
      scale[i] = deviation < 1e-9 ? 0 : (float) (1 / unit);
      shift[i] = (float) (-mean * scale[i]);
    }
    return new Encoder(raw.thresholds, raw.floors, scale, shift);
  }

  /** The embedding of one window. */
  float[] encode(float[] window) {
    float[] out = new float[SIZE];
    encode(window, Kernels.weights(), out);
    return out;
  }

  private void encode(float[] window, float[] weights, float[] out) {
    for (int kernel = 0; kernel < Kernels.COUNT; kernel++) {
      int positions = Kernels.positions(kernel / Kernels.GROUP);
      int above = 0;
      for (int position = 0; position < positions; position++) {
        if (Kernels.response(weights, kernel, position, window) > thresholds[kernel]) {
          above++;
        }
      }
      out[kernel] = (float) above / positions;
    }
    for (int i = 0; i < SPANS.length; i++) {
      int at = Kernels.COUNT + i;
      out[at] = (float) mean(window, SPANS[i], RETURN, false);
      out[at + 3] = (float) mean(window, SPANS[i], ACTIVITY, false);
      out[at + 6] = (float) Math.log(mean(window, SPANS[i], RETURN, true) + floors[i]);
      out[at + 9] = (float) Math.log(mean(window, SPANS[i], RANGE, true) + floors[i + 3]);
    }
    for (int i = 0; i < SIZE; i++) {
      out[i] = out[i] * scale[i] + shift[i];
    }
  }

  /**
   * How far the window is from a response that rounding could move across its threshold, relative
   * to the size of the responses. Parity vectors are chosen by it, since a step cannot be compared
   * at its edge.
   */
  double margin(float[] window) {
    float[] weights = Kernels.weights();
    double margin = Double.MAX_VALUE;
    for (int kernel = 0; kernel < Kernels.COUNT; kernel++) {
      for (int p = 0; p < Kernels.positions(kernel / Kernels.GROUP); p++) {
        double response = Kernels.response(weights, kernel, p, window);
        double size = Math.abs(response) + Math.abs(thresholds[kernel]) + Double.MIN_NORMAL;
        margin = Math.min(margin, Math.abs(response - thresholds[kernel]) / size);
      }
    }
    return margin;
  }

  /** The same computation as an ONNX graph. */
  byte[] toOnnx() {
    OnnxGraph graph = new OnnxGraph("sub30-encoder");
    String window = graph.input("window", 1, BarWindow.LENGTH, BarWindow.CHANNELS);
    graph.output("embedding", 1, SIZE);
    String channels = graph.node("Transpose", List.of(window), OnnxGraph.wholes("perm", 0, 2, 1));
    String[] parts = new String[Kernels.DILATIONS + 2];
    for (int group = 0; group < Kernels.DILATIONS; group++) {
      parts[group] = shares(graph, channels, group);
    }
    int inputs = BarWindow.LENGTH * BarWindow.CHANNELS;
    String flat = graph.node("Reshape", List.of(window, graph.longs("flat_shape", 1, inputs)));
    String moves = graph.floats("means", averages(RETURN, ACTIVITY), inputs, MEANS);
    parts[Kernels.DILATIONS] = graph.node("MatMul", List.of(flat, moves));
    String sizes = graph.floats("mean_sizes", averages(RETURN, RANGE), inputs, MEANS);
    String absolute = graph.node("Abs", List.of(flat));
    String mean = graph.node("MatMul", List.of(absolute, sizes));
    String floored = graph.node("Add", List.of(mean, graph.floats("floors", floors, 1, MEANS)));
    parts[Kernels.DILATIONS + 1] = graph.node("Log", List.of(floored));
    String raw = graph.node("Concat", List.of(parts), OnnxGraph.whole("axis", 1));
    String scaled = graph.node("Mul", List.of(raw, graph.floats("scale", scale, 1, SIZE)));
    graph.node("Add", List.of(scaled, graph.floats("shift", shift, 1, SIZE)), List.of("embedding"));
    return graph.toBytes();
  }

  /** Share of positions above the threshold, for the kernels of one dilation. */
  private String shares(OnnxGraph graph, String channels, int group) {
    float[] weights = Kernels.weights();
    float[] filters = new float[Kernels.GROUP * BarWindow.CHANNELS * Kernels.LENGTH];
    for (int i = 0; i < Kernels.GROUP; i++) {
      int kernel = group * Kernels.GROUP + i;
      int place = (i * BarWindow.CHANNELS + Kernels.channel(kernel)) * Kernels.LENGTH;
      System.arraycopy(weights, kernel * Kernels.LENGTH, filters, place, Kernels.LENGTH);
    }
    String filter =
        graph.floats(
            "kernels_" + group, filters, Kernels.GROUP, BarWindow.CHANNELS, Kernels.LENGTH);
    String responses =
        graph.node(
            "Conv",
            List.of(channels, filter),
            OnnxGraph.wholes("dilations", Kernels.dilation(group)),
            OnnxGraph.wholes("kernel_shape", Kernels.LENGTH));
    float[] limits =
        Arrays.copyOfRange(thresholds, group * Kernels.GROUP, (group + 1) * Kernels.GROUP);
    String limit = graph.floats("thresholds_" + group, limits, 1, Kernels.GROUP, 1);
    String above = graph.node("Greater", List.of(responses, limit));
    String counted = graph.node("Cast", List.of(above), OnnxGraph.whole("to", 1));
    return graph.node(
        "ReduceMean",
        List.of(counted),
        OnnxGraph.wholes("axes", 2),
        OnnxGraph.whole("keepdims", 0));
  }

  /** A matrix that takes the means of two channels over each span. */
  private static float[] averages(int first, int second) {
    float[] out = new float[BarWindow.LENGTH * BarWindow.CHANNELS * MEANS];
    for (int i = 0; i < SPANS.length; i++) {
      for (int bar = BarWindow.LENGTH - SPANS[i]; bar < BarWindow.LENGTH; bar++) {
        out[(bar * BarWindow.CHANNELS + first) * MEANS + i] = 1f / SPANS[i];
        out[(bar * BarWindow.CHANNELS + second) * MEANS + SPANS.length + i] = 1f / SPANS[i];
      }
    }
    return out;
  }

  private static double mean(float[] window, int span, int channel, boolean absolute) {
    double sum = 0;
    for (int bar = BarWindow.LENGTH - span; bar < BarWindow.LENGTH; bar++) {
      double value = window[bar * BarWindow.CHANNELS + channel];
      sum += absolute ? Math.abs(value) : value;
    }
    return sum / span;
  }

  private static float[] thresholds(List<float[]> windows, float[] weights) {
    int step = Math.max(1, windows.size() / THRESHOLD_WINDOWS);
    float[] out = new float[Kernels.COUNT];
    for (int kernel = 0; kernel < Kernels.COUNT; kernel++) {
      int positions = Kernels.positions(kernel / Kernels.GROUP);
      double[] responses = new double[((windows.size() - 1) / step + 1) * positions];
      int count = 0;
      for (int i = 0; i < windows.size(); i += step) {
        for (int p = 0; p < positions; p++) {
          responses[count++] = Kernels.response(weights, kernel, p, windows.get(i));
        }
      }
      Arrays.sort(responses);
      // Quantiles spread by the golden ratio, as in MiniRocket, between 5 % and 95 %.
      double quantile = 0.05 + 0.9 * ((kernel + 1) * GOLDEN % 1);
      out[kernel] = (float) gap(responses, (int) (quantile * (count - 1)));
    }
    return out;
  }

  /**
   * The middle of the first true gap at or above that place. Counts of ticks are whole numbers, so
   * many responses are equal but for rounding, and a threshold among those would be decided by it.
   */
  private static double gap(double[] sorted, int from) {
    double spread = sorted[sorted.length - 1] - sorted[0];
    double rounding = ROUNDING * (spread + Math.abs(sorted[from])) + Float.MIN_NORMAL;
    for (int i = from; i + 1 < sorted.length; i++) {
      if (sorted[i + 1] - sorted[i] > 2 * rounding) {
        return (sorted[i] + sorted[i + 1]) / 2;
      }
    }
    return sorted[sorted.length - 1] + Math.max(rounding, 0.01 * spread);
  }

  /** A twentieth of what is usual: a dead market then looks calm, not infinitely calm. */
  private static float[] floors(List<float[]> windows) {
    float[] out = new float[MEANS];
    for (int i = 0; i < SPANS.length; i++) {
      for (int half = 0; half < 2; half++) {
        double sum = 0;
        for (float[] window : windows) {
          sum += mean(window, SPANS[i], half == 0 ? RETURN : RANGE, true);
        }
        out[half * SPANS.length + i] = (float) (0.05 * sum / windows.size() + 1e-9);
      }
    }
    return out;
  }

  private static float[] ones() {
    float[] out = new float[SIZE];
    Arrays.fill(out, 1);
    return out;
  }
}
