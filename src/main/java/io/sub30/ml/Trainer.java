package io.sub30.ml;

import java.io.IOException;
import java.util.List;

/**
 * Trains a model from history, measures it on later days, exports it, and checks the export against
 * the JVM's own computation. Deterministic: the same history and plan give the same bytes.
 *
 * <p>Blocks for seconds to minutes on one core: a worker's or a command's work.
 */
public final class Trainer {

  /**
   * How far features look back: the window's 32 bars and the slow averages of a quarter of an hour
   * have worn off after it.
   */
  static final long EMBARGO_MILLIS = 3_600_000;

  private Trainer() {}

  /**
   * Trains, and writes the model below the plan's folder.
   *
   * @throws IOException when history cannot be read or the model cannot be written
   * @throws IllegalArgumentException when there is too little or too much history for the plan
   */
  public static TrainingResult train(TrainingPlan plan, TrainingProgress progress)
      throws IOException {
    SampleSet set = new SampleCollector(plan, progress).collect();
    progress.advanced(0, 1, "label");
    Period period = period(plan, set);
    int horizon = plan.question().horizonSeconds();
    Folds folds = Folds.of(set, period.split(), horizon, plan.question().barrierSigmas());
    TrainedModel model = TrainedModel.fit(set, folds, horizon, plan.seed(), progress);
    progress.advanced(0, 1, "check");
    ModelFiles files = new ModelWriter(plan, period, model).files();
    check(plan.id(), files);
    progress.advanced(0, 1, "write");
    String card = new ModelCard(plan, period, model).text();
    var folder = ModelWriter.write(plan.outputFolder(), plan.id(), files, card);
    progress.advanced(1, 1, "done");
    Evaluation evaluation = model.evaluation();
    return new TrainingResult(
        plan.id(), folder, card, evaluation.verdict(), evaluation.edgeAfterCosts());
  }

  /** Loads the model as serving will, which replays the JVM's answers through the runtime. */
  private static void check(ModelId id, ModelFiles files) {
    try {
      OnnxModel.load(id, files).release();
    } catch (ModelRefused e) {
      throw new IllegalStateException("the exported model is not the fitted one: " + e.reason(), e);
    }
  }

  private static Period period(TrainingPlan plan, SampleSet set) {
    List<Sample> samples = set.samples();
    if (samples.size() < 3 * Folds.LEAST) {
      throw new IllegalArgumentException(
          "the history gives "
              + samples.size()
              + " samples, at least "
              + 3 * Folds.LEAST
              + " are needed: give more of it");
    }
    long from = samples.get(0).timeMsc();
    long to = samples.get(samples.size() - 1).timeMsc();
    TrainingPlan.Folding folding = plan.folding();
    long calibration =
        folding.calibrationFromMsc() == 0
            ? from + (to - from) * 6 / 10
            : folding.calibrationFromMsc();
    long test = folding.testFromMsc() == 0 ? from + (to - from) * 8 / 10 : folding.testFromMsc();
    long purge = plan.question().horizonSeconds() * 1_000L;
    return new Period(from, to, new Split(calibration, test, purge, EMBARGO_MILLIS));
  }
}
