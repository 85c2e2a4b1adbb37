package io.sub30.ml;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.sub30.market.BarWindow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * One lane's way into a model: tensors over direct buffers, made once, inputs and outputs both, so
 * that a prediction copies a few floats and allocates next to nothing. Not thread-safe; every lane
 * has its own.
 */
final class LaneModel implements AutoCloseable {

  private final OnnxModel model;
  private final FloatBuffer window;
  private final FloatBuffer encoded;
  private final FloatBuffer embedding;
  private final FloatBuffer features;
  private final FloatBuffer direction;
  private final FloatBuffer exceeds;
  private final FloatBuffer volatility;
  private final Map<String, OnnxTensor> encoderInputs;
  private final Map<String, OnnxValue> encoderOutputs;
  private final Map<String, OnnxTensor> headInputs;
  private final Map<String, OnnxValue> headOutputs;

  /** Keeps the model open until closed. */
  LaneModel(OnnxModel model) throws OrtException {
    this.model = model;
    int embeddingSize = model.manifest().embeddingSize();
    int featureCount = model.manifest().features().size();
    window = direct(BarWindow.LENGTH * BarWindow.CHANNELS);
    encoded = direct(embeddingSize);
    embedding = direct(embeddingSize);
    features = direct(featureCount);
    direction = direct(3);
    exceeds = direct(1);
    volatility = direct(1);
    encoderInputs = Map.of("window", tensor(window, 1, BarWindow.LENGTH, BarWindow.CHANNELS));
    encoderOutputs = Map.of("embedding", tensor(encoded, 1, embeddingSize));
    headInputs =
        Map.of(
            "embedding",
            tensor(embedding, 1, embeddingSize),
            "features",
            tensor(features, 1, featureCount));
    headOutputs =
        Map.of(
            "direction",
            tensor(direction, 1, 3),
            "exceeds",
            tensor(exceeds, 1, 1),
            "volatility",
            tensor(volatility, 1, 1));
    if (!model.retain()) {
      closeTensors();
      throw new IllegalStateException("model " + model.manifest().id() + " is closed");
    }
  }

  OnnxModel model() {
    return model;
  }

  /** Runs the encoder; {@code out} has the embedding's size. */
  void embed(float[] bars, float[] out) throws OrtException {
    window.put(0, bars);
    try (OrtSession.Result ran = model.encoder().run(encoderInputs, encoderOutputs)) {
      encoded.get(0, out);
    }
  }

  /** Runs the head; the answers are read from the accessors until the next run. */
  void predict(float[] embedded, float[] fresh) throws OrtException {
    embedding.put(0, embedded);
    features.put(0, fresh);
    // The result owns nothing, since every output is one of ours: closing it frees nothing.
    try (OrtSession.Result ran = model.head().run(headInputs, headOutputs)) {
      assert ran.size() == headOutputs.size();
    }
  }

  float up() {
    return direction.get(0);
  }

  float down() {
    return direction.get(1);
  }

  float exceeds() {
    return exceeds.get(0);
  }

  float volatility() {
    return volatility.get(0);
  }

  /** Whether the last answers are probabilities and a positive volatility at all. */
  boolean sane() {
    float up = up();
    float down = down();
    return up >= 0
        && down >= 0
        && up + down <= 1.0001f
        && exceeds() >= 0
        && exceeds() <= 1
        && volatility() > 0
        && volatility() < Float.POSITIVE_INFINITY;
  }

  @Override
  public void close() {
    closeTensors();
    model.release();
  }

  private void closeTensors() {
    encoderInputs.values().forEach(OnnxTensor::close);
    encoderOutputs.values().forEach(OnnxValue::close);
    headInputs.values().forEach(OnnxTensor::close);
    headOutputs.values().forEach(OnnxValue::close);
  }

  private static FloatBuffer direct(int size) {
    return ByteBuffer.allocateDirect(size * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static OnnxTensor tensor(FloatBuffer buffer, long... shape) throws OrtException {
    return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), buffer, shape);
  }
}
