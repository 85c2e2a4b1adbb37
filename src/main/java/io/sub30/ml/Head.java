package io.sub30.ml;

import java.util.ArrayList;
import java.util.List;

/**
 * The head as fitted: linear in the embedding and in each feature's size, compressed by asinh so
 * that heavy tails and changes of scale stay in reach. Standardisation and calibration are folded
 * into the weights. This is the oracle the exported graph is compared with.
 *
 * <p>Rows of the weights: up, down, none, exceeds, log volatility. Columns: embedding, asinh(x /
 * unit) of each feature, and its absolute value.
 *
 * @param units what each feature is divided by, positive
 * @param weights five rows of {@code embedding + 2 · features}
 * @param biases one a row
 */
record Head(float[] units, float[][] weights, float[] biases) {

  static final int UP = 0;
  static final int DOWN = 1;
  static final int NONE = 2;
  static final int EXCEEDS = 3;
  static final int VOLATILITY = 4;
  static final int ROWS = 5;

  /** The head's answers to one input. */
  record Answer(double up, double down, double none, double exceeds, double volatility) {}

  /** The columns for an embedding and raw features. */
  static void expand(float[] embedding, float[] features, float[] units, double[] out) {
    for (int i = 0; i < embedding.length; i++) {
      out[i] = embedding[i];
    }
    for (int i = 0; i < features.length; i++) {
      double value = asinh(features[i] / units[i]);
      out[embedding.length + i] = value;
      out[embedding.length + features.length + i] = Math.abs(value);
    }
  }

  /** The inverse of the hyperbolic sine: like a logarithm for large values, of either sign. */
  static double asinh(double x) {
    double size = Math.abs(x);
    // log1p keeps the digits of small values, which x + sqrt(x² + 1) would lose.
    double value = Math.log1p(size + size * size / (1 + Math.sqrt(1 + size * size)));
    return Math.copySign(value, x);
  }

  Answer answer(float[] embedding, float[] features) {
    double[] columns = new double[embedding.length + 2 * features.length];
    expand(embedding, features, units, columns);
    double[] z = new double[ROWS];
    for (int row = 0; row < ROWS; row++) {
      z[row] = biases[row];
      for (int i = 0; i < columns.length; i++) {
        z[row] += weights[row][i] * columns[i];
      }
    }
    double[] direction = {z[UP], z[DOWN], z[NONE]};
    Calibration.softmax(direction);
    return new Answer(
        direction[UP],
        direction[DOWN],
        direction[NONE],
        Calibration.sigmoid(z[EXCEEDS]),
        Math.exp(z[VOLATILITY]));
  }

  /** The same computation as an ONNX graph. */
  byte[] toOnnx(int embeddingSize) {
    int features = units.length;
    int columns = embeddingSize + 2 * features;
    OnnxGraph graph = new OnnxGraph("sub30-head");
    String embedding = graph.input("embedding", 1, embeddingSize);
    String raw = graph.input("features", 1, features);
    graph.output("direction", 1, 3);
    graph.output("exceeds", 1, 1);
    graph.output("volatility", 1, 1);
    String unit = graph.floats("units", units, 1, features);
    String compressed = graph.node("Asinh", List.of(graph.node("Div", List.of(raw, unit))));
    String size = graph.node("Abs", List.of(compressed));
    String input =
        graph.node("Concat", List.of(embedding, compressed, size), OnnxGraph.whole("axis", 1));
    float[] matrix = new float[columns * ROWS];
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < columns; i++) {
        matrix[i * ROWS + row] = weights[row][i];
      }
    }
    String z =
        graph.node(
            "Gemm",
            List.of(
                input,
                graph.floats("weights", matrix, columns, ROWS),
                graph.floats("biases", biases, ROWS)));
    List<String> parts = new ArrayList<>(List.of("z_direction", "z_exceeds", "z_volatility"));
    graph.node(
        "Split", List.of(z, graph.longs("sizes", 3, 1, 1)), parts, OnnxGraph.whole("axis", 1));
    graph.node("Softmax", List.of("z_direction"), List.of("direction"), OnnxGraph.whole("axis", 1));
    graph.node("Sigmoid", List.of("z_exceeds"), List.of("exceeds"));
    graph.node("Exp", List.of("z_volatility"), List.of("volatility"));
    return graph.toBytes();
  }
}
