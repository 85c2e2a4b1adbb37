package io.sub30.ml;

import io.sub30.market.BarWindow;
import io.sub30.market.Features;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * What serving needs of a model's {@code model.json}.
 *
 * @param id must equal the folder it lies in
 * @param symbols canonical names the model speaks for
 * @param features names out of {@link Features#NAMES}, in the order of the head's input
 * @param embeddingSize values the encoder gives
 * @param horizonSeconds how far ahead the predictions look
 * @param featureGuard range of each feature beyond which the model has no opinion
 * @param embeddingGuard the same for the embedding
 * @param encoderSha256 of encoder.onnx, lower-case hex
 * @param headSha256 of head.onnx, lower-case hex
 * @param parity inputs with the outputs they must give, at least one
 * @param edgeAfterCosts whether the test fold showed a profit after costs
 * @param verdict the model card's last word, one sentence or more
 */
record ModelManifest(
    ModelId id,
    List<String> symbols,
    List<String> features,
    int embeddingSize,
    int horizonSeconds,
    Guard featureGuard,
    Guard embeddingGuard,
    String encoderSha256,
    String headSha256,
    List<ParityVector> parity,
    boolean edgeAfterCosts,
    String verdict) {

  static final String FILE = "model.json";
  static final String ENCODER = "encoder.onnx";
  static final String HEAD = "head.onnx";
  static final int MAX_EMBEDDING = 1024;

  private static final int MAX_HORIZON_S = 86_400;

  ModelManifest {
    symbols = List.copyOf(symbols);
    features = List.copyOf(features);
    parity = List.copyOf(parity);
  }

  /**
   * Reads and checks {@code model.json}.
   *
   * @param expected name and version of the folder
   * @throws ModelRefused naming the member and what it must be
   */
  static ModelManifest parse(byte[] bytes, ModelId expected) throws ModelRefused {
    Json json = Json.parse(bytes, FILE);
    String name = json.text("name");
    int version = json.whole("version", 1, Integer.MAX_VALUE);
    if (!name.equals(expected.name()) || version != expected.version()) {
      throw new ModelRefused(
          FILE + ": says " + name + "/" + version + ", lies in the folder " + expected);
    }
    window(json.object("window"));
    List<String> features = features(json.texts("features"));
    int embedding = json.whole("embedding", 1, MAX_EMBEDDING);
    Json digests = json.object("digests");
    Json guard = json.object("guard");
    return new ModelManifest(
        expected,
        symbols(json.texts("symbols")),
        features,
        embedding,
        json.whole("horizon_s", 1, MAX_HORIZON_S),
        guard(guard.object("features"), features.size()),
        guard(guard.object("embedding"), embedding),
        digests.text(ENCODER),
        digests.text(HEAD),
        parity(json.objects("parity"), embedding, features.size()),
        json.flag("edge_after_costs"),
        json.text("verdict"));
  }

  /** Where each of the model's features stands in {@link Features#NAMES}. */
  int[] featureIndex() {
    return features.stream().mapToInt(Features.NAMES::indexOf).toArray();
  }

  private static void window(Json window) throws ModelRefused {
    int length = window.whole("length", 1, Integer.MAX_VALUE);
    int channels = window.whole("channels", 1, Integer.MAX_VALUE);
    if (length != BarWindow.LENGTH || channels != BarWindow.CHANNELS) {
      throw new ModelRefused(
          FILE
              + ".window: is "
              + length
              + "x"
              + channels
              + ", this server has "
              + BarWindow.LENGTH
              + "x"
              + BarWindow.CHANNELS);
    }
  }

  private static List<String> symbols(List<String> symbols) throws ModelRefused {
    if (symbols.isEmpty()) {
      throw new ModelRefused(FILE + ".symbols: must name at least one symbol");
    }
    return symbols;
  }

  private static List<String> features(List<String> features) throws ModelRefused {
    if (features.isEmpty() || new HashSet<>(features).size() != features.size()) {
      throw new ModelRefused(FILE + ".features: must name each feature once, and at least one");
    }
    for (String feature : features) {
      if (!Features.NAMES.contains(feature)) {
        throw new ModelRefused(
            FILE + ".features: '" + feature + "' is not known, known are " + Features.NAMES);
      }
    }
    return features;
  }

  private static Guard guard(Json json, int size) throws ModelRefused {
    double[] low = json.numbers("low");
    double[] high = json.numbers("high");
    if (low.length != size || high.length != size) {
      throw new ModelRefused(
          FILE
              + ".guard: "
              + low.length
              + " and "
              + high.length
              + " bounds for "
              + size
              + " values");
    }
    return new Guard(low, high);
  }

  private static List<ParityVector> parity(List<Json> vectors, int embedding, int features)
      throws ModelRefused {
    if (vectors.isEmpty()) {
      throw new ModelRefused(FILE + ".parity: at least one vector is needed");
    }
    List<ParityVector> out = new ArrayList<>();
    for (Json json : vectors) {
      ParityVector vector =
          new ParityVector(
              floats(json.numbers("window")),
              floats(json.numbers("features")),
              floats(json.numbers("embedding")),
              floats(json.numbers("direction")),
              json.number("exceeds"),
              json.number("volatility"));
      if (vector.window().length != BarWindow.LENGTH * BarWindow.CHANNELS
          || vector.features().length != features
          || vector.embedding().length != embedding
          || vector.direction().length != 3) {
        throw new ModelRefused(FILE + ".parity[" + out.size() + "]: lengths do not fit the model");
      }
      out.add(vector);
    }
    return out;
  }

  private static float[] floats(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }
}
