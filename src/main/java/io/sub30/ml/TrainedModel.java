package io.sub30.ml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A model as training leaves it, still on the JVM.
 *
 * @param encoder fitted to the windows of the train fold
 * @param head fitted to train and calibration folds
 * @param featureGuard of what both folds saw
 * @param embeddingGuard of what both folds saw
 * @param parity vectors out of the test fold
 * @param evaluation on the test fold
 * @param sizes of train, calibration and test fold
 */
record TrainedModel(
    Encoder encoder,
    Head head,
    Guard featureGuard,
    Guard embeddingGuard,
    List<ParityVector> parity,
    Evaluation evaluation,
    int[] sizes) {

  private static final int PARITY_VECTORS = 4;

  /** Windows tried for parity vectors. */
  private static final int PARITY_CANDIDATES = 200;

  TrainedModel {
    parity = List.copyOf(parity);
  }

  /** Fits and evaluates; deterministic for the same samples, folds and seed. */
  static TrainedModel fit(
      SampleSet set, Folds folds, int horizonSeconds, long seed, TrainingProgress progress) {
    progress.advanced(0, HeadFit.STEPS, "fit");
    Fold train = folds.train();
    List<float[]> known =
        train.samples().stream()
            .mapToInt(Sample::window)
            .distinct()
            .mapToObj(set.windows()::get)
            .toList();
    Encoder encoder = Encoder.fit(known);
    List<float[]> embeddings = set.windows().stream().map(encoder::encode).toList();
    progress.advanced(1, HeadFit.STEPS, "fit");
    Head head = HeadFit.fit(embeddings, train, folds.calibration(), seed, progress);
    List<Sample> seen = new ArrayList<>(train.samples());
    seen.addAll(folds.calibration().samples());
    List<float[]> seenEmbeddings =
        seen.stream().mapToInt(Sample::window).distinct().mapToObj(embeddings::get).toList();
    List<Head.Answer> answers =
        folds.test().samples().stream()
            .map(sample -> head.answer(embeddings.get(sample.window()), sample.features()))
            .toList();
    return new TrainedModel(
        encoder,
        head,
        Guards.features(seen, head.units()),
        Guards.embedding(seenEmbeddings),
        parity(set, folds.test(), encoder, head),
        Evaluation.of(answers, folds.test(), List.of(train, folds.calibration()), horizonSeconds),
        new int[] {train.size(), folds.calibration().size(), folds.test().size()});
  }

  /** Samples whose windows are farthest from any threshold, see {@link Encoder#margin}. */
  private static List<ParityVector> parity(SampleSet set, Fold test, Encoder encoder, Head head) {
    int step = Math.max(1, test.size() / PARITY_CANDIDATES);
    record Candidate(Sample sample, double margin) {}
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < test.size(); i += step) {
      Sample sample = test.samples().get(i);
      candidates.add(new Candidate(sample, encoder.margin(set.windows().get(sample.window()))));
    }
    candidates.sort(Comparator.comparingDouble(Candidate::margin).reversed());
    List<ParityVector> out = new ArrayList<>();
    for (int i = 0; i < Math.min(PARITY_VECTORS, candidates.size()); i++) {
      Sample sample = candidates.get(i).sample();
      float[] window = set.windows().get(sample.window());
      float[] embedding = encoder.encode(window);
      Head.Answer answer = head.answer(embedding, sample.features());
      float[] direction = {(float) answer.up(), (float) answer.down(), (float) answer.none()};
      out.add(
          new ParityVector(
              window,
              sample.features(),
              embedding,
              direction,
              answer.exceeds(),
              answer.volatility()));
    }
    return out;
  }
}
