package io.sub30.ml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.sub30.market.BarWindow;
import io.sub30.market.Features;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;

/** Writes a model's folder. The same model and plan give the same bytes. */
final class ModelWriter {

  private final TrainingPlan plan;
  private final Period period;
  private final TrainedModel model;

  ModelWriter(TrainingPlan plan, Period period, TrainedModel model) {
    this.plan = plan;
    this.period = period;
    this.model = model;
  }

  /** The model's three files. */
  ModelFiles files() {
    byte[] encoder = model.encoder().toOnnx();
    byte[] head = model.head().toOnnx(Encoder.SIZE);
    return new ModelFiles(manifest(encoder, head), encoder, head);
  }

  /**
   * Writes the files and the card below {@code root}; a model that is there already is replaced
   * file by file, the manifest last, so that a half-written one is refused by its digests.
   */
  static Path write(Path root, ModelId id, ModelFiles files, String card) throws IOException {
    Path folder = root.resolve(id.name()).resolve(Integer.toString(id.version()));
    Files.createDirectories(folder);
    put(folder, ModelManifest.ENCODER, files.encoder());
    put(folder, ModelManifest.HEAD, files.head());
    put(folder, "card.txt", card.getBytes(StandardCharsets.UTF_8));
    put(folder, ModelManifest.FILE, files.manifest());
    return folder;
  }

  private static void put(Path folder, String name, byte[] bytes) throws IOException {
    Path temporary = folder.resolve(name + ".new");
    Files.write(temporary, bytes);
    Files.move(
        temporary,
        folder.resolve(name),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  private byte[] manifest(byte[] encoder, byte[] head) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      json.writeStartObject();
      json.writeStringField("name", plan.id().name());
      json.writeNumberField("version", plan.id().version());
      texts(json, "symbols", plan.symbol().name());
      texts(json, "features", Features.NAMES.toArray(String[]::new));
      json.writeObjectFieldStart("window");
      json.writeNumberField("length", BarWindow.LENGTH);
      json.writeNumberField("channels", BarWindow.CHANNELS);
      json.writeEndObject();
      json.writeNumberField("embedding", Encoder.SIZE);
      json.writeNumberField("horizon_s", plan.question().horizonSeconds());
      json.writeStringField("cost", plan.question().cost());
      training(json);
      metrics(json, model.evaluation());
      json.writeStringField("verdict", model.evaluation().verdict());
      json.writeBooleanField("edge_after_costs", model.evaluation().edgeAfterCosts());
      json.writeObjectFieldStart("digests");
      json.writeStringField(ModelManifest.ENCODER, Digests.sha256(encoder));
      json.writeStringField(ModelManifest.HEAD, Digests.sha256(head));
      json.writeEndObject();
      json.writeObjectFieldStart("guard");
      guard(json, "features", model.featureGuard());
      guard(json, "embedding", model.embeddingGuard());
      json.writeEndObject();
      parity(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
    return out.toByteArray();
  }

  private void training(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("training");
    json.writeStringField("source", plan.history().name());
    json.writeStringField("from", instant(period.fromMsc()));
    json.writeStringField("calibration_from", instant(period.split().calibrationFromMsc()));
    json.writeStringField("test_from", instant(period.split().testFromMsc()));
    json.writeStringField("to", instant(period.toMsc()));
    json.writeNumberField("purge_s", period.split().purgeMillis() / 1_000);
    json.writeNumberField("embargo_s", period.split().embargoMillis() / 1_000);
    json.writeNumberField("barrier_sigmas", plan.question().barrierSigmas());
    json.writeNumberField("seed", plan.seed());
    json.writeObjectFieldStart("samples");
    json.writeNumberField("train", model.sizes()[0]);
    json.writeNumberField("calibration", model.sizes()[1]);
    json.writeNumberField("test", model.sizes()[2]);
    json.writeEndObject();
    json.writeEndObject();
  }

  static String instant(long epochMsc) {
    return Instant.ofEpochMilli(epochMsc).toString();
  }

  private static void metrics(JsonGenerator json, Evaluation e) throws IOException {
    json.writeObjectFieldStart("metrics");
    probabilities(json, "direction", e.direction(), e.directionNaive(), e.directionSkill());
    probabilities(json, "exceeds_cost", e.exceeds(), e.exceedsNaive(), e.exceedsSkill());
    json.writeObjectFieldStart("volatility");
    json.writeNumberField("log_rmse", e.volatilityError());
    json.writeNumberField("baseline_log_rmse", e.volatilityNaiveError());
    json.writeNumberField("t", e.volatilitySkill().t());
    json.writeEndObject();
    json.writeObjectFieldStart("after_costs");
    json.writeNumberField("trades", e.trades());
    json.writeNumberField("mean_net_log_return", e.net().mean());
    json.writeNumberField("t", e.net().t());
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void probabilities(
      JsonGenerator json, String name, Probabilities model, Probabilities naive, Skill skill)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("log_loss", model.logLoss());
    json.writeNumberField("baseline_log_loss", naive.logLoss());
    json.writeNumberField("brier", model.brier());
    json.writeNumberField("baseline_brier", naive.brier());
    json.writeNumberField("calibration_error", model.calibrationError());
    json.writeNumberField("baseline_calibration_error", naive.calibrationError());
    json.writeNumberField("t", skill.t());
    json.writeEndObject();
  }

  private static void guard(JsonGenerator json, String name, Guard guard) throws IOException {
    json.writeObjectFieldStart(name);
    json.writeFieldName("low");
    json.writeArray(guard.low(), 0, guard.low().length);
    json.writeFieldName("high");
    json.writeArray(guard.high(), 0, guard.high().length);
    json.writeEndObject();
  }

  private void parity(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("parity");
    for (ParityVector vector : model.parity()) {
      json.writeStartObject();
      floats(json, "window", vector.window());
      floats(json, "features", vector.features());
      floats(json, "embedding", vector.embedding());
      floats(json, "direction", vector.direction());
      json.writeNumberField("exceeds", vector.exceeds());
      json.writeNumberField("volatility", vector.volatility());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void floats(JsonGenerator json, String name, float[] values) throws IOException {
    json.writeArrayFieldStart(name);
    for (float value : values) {
      json.writeNumber(value);
    }
    json.writeEndArray();
  }

  private static void texts(JsonGenerator json, String name, String... values) throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }
}
