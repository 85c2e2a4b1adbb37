package io.sub30.ml;

import ai.onnxruntime.OrtException;
import io.sub30.budget.CallGate;
import io.sub30.budget.NanoClock;
import io.sub30.v1.SymbolFeatures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model's buffers on one lane, what of its manifest every prediction needs, and the gate that is
 * told of every run. Not thread-safe.
 */
final class ModelSlot implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ModelSlot.class);

  final LaneModel lane;
  final int horizonSeconds;
  final String name;
  private final NanoClock clock;
  private final CallGate gate;
  private final int[] featureIndex;
  private final Guard featureGuard;
  private final Guard embeddingGuard;
  private final float[] features;
  private final ParityVector known;
  private boolean reported;

  ModelSlot(OnnxModel model, Gates gates, NanoClock clock) throws OrtException {
    lane = new LaneModel(model);
    ModelManifest manifest = model.manifest();
    featureIndex = manifest.featureIndex();
    featureGuard = manifest.featureGuard();
    embeddingGuard = manifest.embeddingGuard();
    horizonSeconds = manifest.horizonSeconds();
    name = manifest.id().toString();
    features = new float[featureIndex.length];
    known = manifest.parity().get(0);
    this.clock = clock;
    this.gate = gates.before(manifest.id().name(), this::probe);
  }

  /** False while the model keeps failing or is too slow: it is not to be run. */
  boolean permits() {
    return gate.permits();
  }

  float[] embed(float[] window) throws OrtException {
    float[] values = new float[lane.model().manifest().embeddingSize()];
    long startNanos = clock.nanoTime();
    boolean good = false;
    try {
      lane.embed(window, values);
      good = true;
    } finally {
      gate.record(clock.nanoTime() - startNanos, !good);
    }
    return values;
  }

  /** Whether the inputs are within what the model was trained on; it is not to be run if not. */
  boolean admits(float[] embedding, SymbolFeatures symbol) {
    for (int i = 0; i < featureIndex.length; i++) {
      features[i] =
          featureIndex[i] < symbol.getFeaturesCount()
              ? (float) symbol.getFeatures(featureIndex[i])
              : Float.NaN;
    }
    return featureGuard.admits(features) && embeddingGuard.admits(embedding);
  }

  /** Runs the head over what was just admitted; false when its answers make no sense. */
  boolean run(float[] embedding) throws OrtException {
    long startNanos = clock.nanoTime();
    boolean good = false;
    try {
      lane.predict(embedding, features);
      good = lane.sane();
    } finally {
      gate.record(clock.nanoTime() - startNanos, !good);
    }
    return good;
  }

  /**
   * Runs encoder and head over inputs whose answers are known.
   *
   * @throws IllegalStateException when they fail or answer something else
   */
  private void probe() {
    try {
      float[] embedded = new float[known.embedding().length];
      lane.embed(known.window(), embedded);
      lane.predict(known.embedding(), known.features());
      if (!ParityVector.close(known.embedding()[0], embedded[0])
          || !ParityVector.close(known.direction()[0], lane.up())) {
        throw new IllegalStateException("model " + name + " answers other than when it was loaded");
      }
    } catch (OrtException e) {
      throw new IllegalStateException("model " + name + " fails: " + e.getMessage(), e);
    }
  }

  /** Reported once a model and lane: at tick rate a log would be the next failure. */
  void failed(OrtException e) {
    if (!reported) {
      reported = true;
      log.error("model {} failed on a lane; logged once", name, e);
    }
  }

  @Override
  public void close() {
    gate.close();
    lane.close();
  }
}
