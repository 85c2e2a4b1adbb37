package io.sub30.ml;

import java.nio.file.Path;

/**
 * A trained model on disk.
 *
 * @param id its name and version
 * @param folder it was written to
 * @param card the model card, for people: data, folds, figures against baselines, verdict
 * @param verdict the card's last word
 * @param edgeAfterCosts whether the test fold showed a profit after costs
 */
public record TrainingResult(
    ModelId id, Path folder, String card, String verdict, boolean edgeAfterCosts) {}
