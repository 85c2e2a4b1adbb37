package io.sub30.ml;

import java.util.List;

/** Samples of one fold with what came after each of them, in order of time. */
record Fold(List<Sample> samples, List<Label> labels) {

  Fold {
    samples = List.copyOf(samples);
    labels = List.copyOf(labels);
  }

  int size() {
    return samples.size();
  }

  int[] directions() {
    return labels.stream().mapToInt(Label::direction).toArray();
  }

  /** 1 where the move exceeded the cost. */
  int[] exceeds() {
    return labels.stream().mapToInt(label -> label.exceeds() ? 1 : 0).toArray();
  }

  double[] logVolatilities() {
    return labels.stream().mapToDouble(Label::logVolatility).toArray();
  }
}
