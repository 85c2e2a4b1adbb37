package io.sub30.ml;

/** Told how far training has come. Called on the training thread, a few hundred times at most. */
@FunctionalInterface
public interface TrainingProgress {

  /** Tells nobody. */
  TrainingProgress SILENT = (done, total, stage) -> {};

  /**
   * One step further.
   *
   * @param done steps of the stage that are behind
   * @param total steps of the stage
   * @param stage what is being done, for people
   */
  void advanced(long done, long total, String stage);
}
