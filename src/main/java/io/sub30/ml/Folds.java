package io.sub30.ml;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The labelled samples by fold. */
record Folds(Fold train, Fold calibration, Fold test) {

  /** Fewer samples than this in a fold train or show nothing. */
  static final int LEAST = 200;

  /**
   * Labels the samples and deals them out.
   *
   * @throws IllegalArgumentException when a fold has fewer than {@link #LEAST} samples
   */
  static Folds of(SampleSet set, Split split, int horizonSeconds, double barrierSigmas) {
    Map<Split.Part, List<Sample>> samples = new EnumMap<>(Split.Part.class);
    Map<Split.Part, List<Label>> labels = new EnumMap<>(Split.Part.class);
    for (Split.Part part : Split.Part.values()) {
      samples.put(part, new ArrayList<>());
      labels.put(part, new ArrayList<>());
    }
    for (Sample sample : set.samples()) {
      Split.Part part = split.part(sample.timeMsc());
      if (part == Split.Part.NEITHER) {
        continue;
      }
      Label label = Label.of(set.tape(), sample, horizonSeconds, barrierSigmas);
      if (label != null) {
        of(samples, part).add(sample);
        of(labels, part).add(label);
      }
    }
    return new Folds(
        fold(samples, labels, Split.Part.TRAIN),
        fold(samples, labels, Split.Part.CALIBRATION),
        fold(samples, labels, Split.Part.TEST));
  }

  private static Fold fold(
      Map<Split.Part, List<Sample>> samples, Map<Split.Part, List<Label>> labels, Split.Part part) {
    Fold fold = new Fold(of(samples, part), of(labels, part));
    if (fold.size() < LEAST) {
      throw new IllegalArgumentException(
          "the "
              + part
              + " fold has "
              + fold.size()
              + " samples, at least "
              + LEAST
              + " are needed: give more history or another split");
    }
    return fold;
  }

  private static <T> List<T> of(Map<Split.Part, List<T>> map, Split.Part part) {
    List<T> list = map.get(part);
    if (list == null) {
      throw new IllegalStateException("no list for " + part);
    }
    return list;
  }
}
