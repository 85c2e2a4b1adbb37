package io.sub30.ml;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.sub30.market.BarWindow;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A checked and warmed model: two sessions that every lane shares, since running them is
 * thread-safe; what is not shared are the buffers, see {@link LaneModel}.
 *
 * <p>Counted: the sessions' native memory is freed when the store and the last lane have released
 * it.
 */
final class OnnxModel {

  /** Runs before a model counts as warm: allocations and lazy set-up are done after a few. */
  private static final int WARM_UP_RUNS = 100;

  private final ModelManifest manifest;
  private final String digest;
  private final OrtSession encoder;
  private final OrtSession head;
  private final AtomicInteger users = new AtomicInteger(1);

  private OnnxModel(ModelManifest manifest, String digest, OrtSession encoder, OrtSession head) {
    this.manifest = manifest;
    this.digest = digest;
    this.encoder = encoder;
    this.head = head;
  }

  /**
   * Loads a model from bytes alone. Blocks for some tens of milliseconds: never on a lane.
   *
   * @throws ModelRefused when anything is not as {@code model.json} says
   */
  static OnnxModel load(ModelId id, ModelFiles files) throws ModelRefused {
    ModelManifest manifest = ModelManifest.parse(files.manifest(), id);
    digests(manifest, files);
    OnnxInspection.check(files.encoder(), ModelManifest.ENCODER);
    OnnxInspection.check(files.head(), ModelManifest.HEAD);
    OrtSession encoder = session(files.encoder(), ModelManifest.ENCODER);
    OnnxModel model = null;
    try {
      OrtSession head = session(files.head(), ModelManifest.HEAD);
      model = new OnnxModel(manifest, files.digest(), encoder, head);
      model.signature();
      model.parity();
      OnnxModel accepted = model;
      model = null;
      return accepted;
    } finally {
      if (model != null) {
        model.release();
      }
    }
  }

  ModelManifest manifest() {
    return manifest;
  }

  /** SHA-256 of {@code model.json}, which holds the digests of the other two files. */
  String digest() {
    return digest;
  }

  OrtSession encoder() {
    return encoder;
  }

  OrtSession head() {
    return head;
  }

  /** One more user. False when the model is closed already and must not be used. */
  boolean retain() {
    while (true) {
      int count = users.get();
      if (count == 0) {
        return false;
      }
      if (users.compareAndSet(count, count + 1)) {
        return true;
      }
    }
  }

  /** One user less; the last one closes the sessions. */
  void release() {
    if (users.decrementAndGet() == 0) {
      close(encoder);
      close(head);
    }
  }

  private static void close(OrtSession session) {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("a session could not be closed", e);
    }
  }

  /** Checks that both graphs are the ones the manifest was written for. */
  static void digests(ModelManifest manifest, ModelFiles files) throws ModelRefused {
    digest(ModelManifest.ENCODER, files.encoder(), manifest.encoderSha256());
    digest(ModelManifest.HEAD, files.head(), manifest.headSha256());
  }

  private static void digest(String file, byte[] bytes, String expected) throws ModelRefused {
    String actual = Digests.sha256(bytes);
    if (!actual.equals(expected)) {
      throw new ModelRefused(file + ": its SHA-256 is " + actual + ", model.json says " + expected);
    }
  }

  private static OrtSession session(byte[] bytes, String file) throws ModelRefused {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      // One thread, the caller's: a lane never waits for a pool, and lanes do not share cores.
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      return OrtEnvironment.getEnvironment().createSession(bytes, options);
    } catch (OrtException e) {
      throw new ModelRefused(file + ": the runtime refuses it: " + e.getMessage(), e);
    }
  }

  private void signature() throws ModelRefused {
    long embedding = manifest.embeddingSize();
    try {
      expect(
          "encoder.onnx inputs",
          encoder.getInputInfo(),
          Map.of("window", new long[] {1, BarWindow.LENGTH, BarWindow.CHANNELS}));
      expect(
          "encoder.onnx outputs",
          encoder.getOutputInfo(),
          Map.of("embedding", new long[] {1, embedding}));
      expect(
          "head.onnx inputs",
          head.getInputInfo(),
          Map.of(
              "embedding",
              new long[] {1, embedding},
              "features",
              new long[] {1, manifest.features().size()}));
      expect(
          "head.onnx outputs",
          head.getOutputInfo(),
          Map.of(
              "direction",
              new long[] {1, 3},
              "exceeds",
              new long[] {1, 1},
              "volatility",
              new long[] {1, 1}));
    } catch (OrtException e) {
      throw new ModelRefused(
          "the runtime does not tell the model's signature: " + e.getMessage(), e);
    }
  }

  private static void expect(String where, Map<String, NodeInfo> found, Map<String, long[]> wanted)
      throws ModelRefused {
    if (!found.keySet().equals(wanted.keySet())) {
      throw new ModelRefused(where + ": are " + found.keySet() + ", must be " + wanted.keySet());
    }
    for (Map.Entry<String, long[]> want : wanted.entrySet()) {
      NodeInfo node = found.get(want.getKey());
      if (node == null
          || !(node.getInfo() instanceof TensorInfo tensor)
          || tensor.type != OnnxJavaType.FLOAT
          || !Arrays.equals(tensor.getShape(), want.getValue())) {
        throw new ModelRefused(
            where
                + ": '"
                + want.getKey()
                + "' is "
                + (node == null ? "absent" : node.getInfo())
                + ", must be float"
                + Arrays.toString(want.getValue()));
      }
    }
  }

  private void parity() throws ModelRefused {
    try (LaneModel lane = new LaneModel(this)) {
      for (int i = 0; i < manifest.parity().size(); i++) {
        ParityVector vector = manifest.parity().get(i);
        String where = "parity vector " + i;
        float[] embedding = new float[manifest.embeddingSize()];
        lane.embed(vector.window(), embedding);
        for (int j = 0; j < embedding.length; j++) {
          int at = j;
          same(vector.embedding()[j], embedding[j], () -> where + ", embedding[" + at + "]");
        }
        lane.predict(vector.embedding(), vector.features());
        same(vector.direction()[0], lane.up(), () -> where + ", p_up");
        same(vector.direction()[1], lane.down(), () -> where + ", p_down");
        same(vector.exceeds(), lane.exceeds(), () -> where + ", p_exceeds_cost");
        if (!ParityVector.closeVolatility(vector.volatility(), lane.volatility())) {
          throw new ModelRefused(
              where
                  + ", volatility: expected "
                  + vector.volatility()
                  + ", the model gives "
                  + lane.volatility());
        }
      }
      ParityVector first = manifest.parity().get(0);
      float[] embedding = new float[manifest.embeddingSize()];
      for (int i = 0; i < WARM_UP_RUNS; i++) {
        lane.embed(first.window(), embedding);
        lane.predict(embedding, first.features());
      }
    } catch (OrtException e) {
      throw new ModelRefused("the model fails on its own parity vectors: " + e.getMessage(), e);
    }
  }

  private static void same(double expected, double actual, Supplier<String> where)
      throws ModelRefused {
    if (!ParityVector.close(expected, actual)) {
      throw new ModelRefused(
          where.get() + ": expected " + expected + ", the model gives " + actual);
    }
  }
}
