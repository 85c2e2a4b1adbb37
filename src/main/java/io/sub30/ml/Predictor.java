package io.sub30.ml;

import ai.onnxruntime.OrtException;
import io.sub30.budget.NanoClock;
import io.sub30.market.BarWindow;
import io.sub30.v1.BarClosed;
import io.sub30.v1.Degraded;
import io.sub30.v1.PredictRequest;
import io.sub30.v1.Prediction;
import io.sub30.v1.Predictions;
import io.sub30.v1.SymbolFeatures;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane's predictions: embeddings made when a bar closes, and the head run over them with the
 * fresh features of every request.
 *
 * <p>The ladder, from the top: {@code full}; {@code head}, with an embedding that missed bars; no
 * prediction, with a reason: {@code no_model}, {@code warming}, {@code out_of_distribution}, {@code
 * model_failed}, {@code model_unavailable}: the model keeps failing or is too slow, so it is not
 * run for a while. Not thread-safe: one a lane.
 */
final class Predictor implements AutoCloseable {

  /** The budget line, which is also how this hop is named in degraded answers. */
  static final String HOP = "ml_processing";

  static final String EMBEDDING_STALE = "embedding_stale";
  static final String NO_MODEL = "no_model";
  static final String WARMING = "warming";
  static final String OUT_OF_DISTRIBUTION = "out_of_distribution";
  static final String MODEL_FAILED = "model_failed";
  static final String MODEL_UNAVAILABLE = "model_unavailable";

  private static final Logger log = LoggerFactory.getLogger(Predictor.class);
  private static final long BAR_MILLIS = 60_000;

  /**
   * A request that closes a bar is answered before its embedding is made, so one missed bar is the
   * normal case, and a second one gives a slow encoder room.
   */
  private static final int FRESH_BARS = 2;

  private final ModelStore store;
  private final Embeddings embeddings;
  private final Gates gates;
  private final NanoClock clock;
  private final Map<OnnxModel, ModelSlot> slots = new HashMap<>();
  private Map<String, OnnxModel> bySymbol = Map.of();

  /**
   * @param embeddingsKept bound of the lane's embeddings
   * @param clock by which runs are timed
   */
  Predictor(ModelStore store, int embeddingsKept, Gates gates, NanoClock clock) {
    this.store = store;
    this.gates = gates;
    this.clock = clock;
    this.embeddings = new Embeddings(embeddingsKept);
  }

  /** Answers for every symbol of the request, with a prediction, a step down, or a reason. */
  Predictions predict(String tenant, PredictRequest request) {
    refresh();
    Predictions.Builder out = Predictions.newBuilder();
    for (int i = 0; i < request.getSymbolsCount(); i++) {
      predict(tenant, request.getTerminal(), request.getSymbols(i), out);
    }
    return out.build();
  }

  /**
   * Makes the embedding of a window.
   *
   * @param rehearsal of the system itself: the encoder runs and nothing is kept
   */
  void barClosed(String tenant, BarClosed bar, boolean rehearsal) {
    refresh();
    OnnxModel model = bySymbol.get(bar.getSymbol());
    if (model == null) {
      return;
    }
    Embeddings.Key key = new Embeddings.Key(tenant, bar.getTerminal(), bar.getSymbol());
    float[] window = window(bar);
    if (window.length == 0) {
      embeddings.drop(key);
      return;
    }
    ModelSlot slot = slot(model);
    if (slot == null || !slot.permits()) {
      return;
    }
    try {
      float[] values = slot.embed(window);
      if (!rehearsal) {
        embeddings.keep(key, new Embeddings.Entry(model, bar.getBarMsc(), window, values));
      }
    } catch (OrtException e) {
      embeddings.drop(key);
      slot.failed(e);
    }
  }

  /** Drops what is kept of that tenant. */
  void forget(String tenant) {
    embeddings.forget(tenant);
  }

  @Override
  public void close() {
    slots.values().forEach(ModelSlot::close);
    slots.clear();
    bySymbol = Map.of();
  }

  private void predict(
      String tenant, String terminal, SymbolFeatures symbol, Predictions.Builder out) {
    OnnxModel model = bySymbol.get(symbol.getSymbol());
    ModelSlot slot = model == null ? null : slot(model);
    if (model == null || slot == null) {
      none(NO_MODEL, symbol, out);
      return;
    }
    Embeddings.Key key = new Embeddings.Key(tenant, terminal, symbol.getSymbol());
    Embeddings.Entry entry = embeddings.find(key);
    long behind = entry == null ? 0 : symbol.getLastBarMsc() - entry.barMsc();
    // Past its window's length an embedding shares no bar with the present.
    if (entry == null || !symbol.getWarm() || behind > BarWindow.LENGTH * BAR_MILLIS) {
      none(WARMING, symbol, out);
      return;
    }
    if (!slot.permits()) {
      none(MODEL_UNAVAILABLE, symbol, out);
      return;
    }
    try {
      if (entry.model() != model) {
        entry =
            new Embeddings.Entry(model, entry.barMsc(), entry.window(), slot.embed(entry.window()));
        embeddings.keep(key, entry);
      }
      if (!slot.admits(entry.values(), symbol)) {
        none(OUT_OF_DISTRIBUTION, symbol, out);
        return;
      }
      if (!slot.run(entry.values())) {
        none(MODEL_FAILED, symbol, out);
        return;
      }
    } catch (OrtException e) {
      slot.failed(e);
      none(MODEL_FAILED, symbol, out);
      return;
    }
    answer(slot, entry, symbol, behind > FRESH_BARS * BAR_MILLIS, out);
  }

  private static void answer(
      ModelSlot slot,
      Embeddings.Entry entry,
      SymbolFeatures symbol,
      boolean stale,
      Predictions.Builder out) {
    long embeddedMsc = entry.barMsc() + BAR_MILLIS;
    LaneModel lane = slot.lane;
    Prediction.Builder prediction =
        out.addPredictionsBuilder()
            .setSymbol(symbol.getSymbol())
            .setPUp(lane.up())
            .setPDown(lane.down())
            .setPExceedsCost(lane.exceeds())
            .setVolatility(lane.volatility())
            .setHorizonS(slot.horizonSeconds)
            .setModel(slot.name);
    if (stale) {
      prediction.setSource("head").setAsOfMsc(embeddedMsc);
      out.addDegradedBuilder()
          .setHop(HOP)
          .setReason(EMBEDDING_STALE)
          .setAsOfMsc(embeddedMsc)
          .setAgeMs(symbol.getAsOfMsc() - embeddedMsc);
    } else {
      prediction.setSource("full").setAsOfMsc(symbol.getAsOfMsc());
    }
  }

  private static void none(String reason, SymbolFeatures symbol, Predictions.Builder out) {
    Degraded.Builder degraded = out.addDegradedBuilder();
    degraded.setHop(HOP).setReason(reason).setAsOfMsc(symbol.getAsOfMsc());
  }

  /** An empty array when the window has another length or holds what is no number. */
  private static float[] window(BarClosed bar) {
    int size = BarWindow.LENGTH * BarWindow.CHANNELS;
    if (bar.getWindowCount() != size) {
      return new float[0];
    }
    float[] out = new float[size];
    for (int i = 0; i < size; i++) {
      out[i] = bar.getWindow(i);
      if (!Float.isFinite(out[i])) {
        return new float[0];
      }
    }
    return out;
  }

  /** Follows the store: buffers of models that are gone are given back. */
  private void refresh() {
    Map<String, OnnxModel> now = store.snapshot();
    if (now == bySymbol) {
      return;
    }
    bySymbol = now;
    slots
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !now.containsValue(entry.getKey());
              if (gone) {
                entry.getValue().close();
              }
              return gone;
            });
  }

  private @Nullable ModelSlot slot(OnnxModel model) {
    ModelSlot slot = slots.get(model);
    if (slot == null) {
      try {
        slot = new ModelSlot(model, gates, clock);
        slots.put(model, slot);
      } catch (OrtException | IllegalStateException e) {
        log.error("model {} cannot be used on this lane", model.manifest().id(), e);
        return null;
      }
    }
    return slot;
  }
}
