package io.sub30.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.FakeNanoClock;
import io.sub30.market.Features;
import io.sub30.v1.BarClosed;
import io.sub30.v1.PredictRequest;
import io.sub30.v1.Prediction;
import io.sub30.v1.Predictions;
import io.sub30.v1.SymbolFeatures;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictorTest {

  private static final long BAR = 1_000 * 60_000L;
  private static final long MINUTE = 60_000;

  @TempDir Path folder;
  private final FakeNanoClock clock = new FakeNanoClock(0);
  private final FakeGates gates = new FakeGates();
  private ModelStore store;
  private Predictor predictor;

  @BeforeEach
  void open() throws Exception {
    ModelWriter.write(folder, Synthetic.ID, Synthetic.files(Synthetic.ID), "");
    store = ModelStore.open(List.of(new ModelSource.Folder(folder)), folder);
    predictor = new Predictor(store, 3, gates, clock);
  }

  @AfterEach
  void close() {
    predictor.close();
    store.close();
  }

  @Test
  void predict_freshEmbedding_full() {
    predictor.barClosed("acme", bar("t1", BAR), false);
    Predictions answer = predict("acme", "t1", features(BAR).build());
    assertThat(answer.getDegradedList()).isEmpty();
    Prediction prediction = answer.getPredictions(0);
    assertThat(prediction.getSource()).isEqualTo("full");
    assertThat(prediction.getModel()).isEqualTo("synthetic/1");
    assertThat(prediction.getHorizonS()).isEqualTo(60);
    assertThat(prediction.getAsOfMsc()).isEqualTo(BAR + 90_000);
    assertThat(prediction.getPUp() + prediction.getPDown()).isBetween(0.0, 1.0);
    assertThat(prediction.getPExceedsCost()).isBetween(0.0, 1.0);
    assertThat(prediction.getVolatility()).isBetween(1e-6, 1e-2);
  }

  @Test
  void predict_noBarYet_warming() {
    reason(predict("acme", "t1", features(BAR).build()), "warming");
  }

  @Test
  void predict_featuresNotWarm_warming() {
    predictor.barClosed("acme", bar("t1", BAR), false);
    reason(predict("acme", "t1", features(BAR).setWarm(false).build()), "warming");
  }

  @Test
  void predict_twoBarsBehind_stillFull() {
    predictor.barClosed("acme", bar("t1", BAR), false);
    Predictions answer = predict("acme", "t1", features(BAR + 2 * MINUTE).build());
    assertThat(answer.getPredictions(0).getSource()).isEqualTo("full");
  }

  @Test
  void predict_threeBarsBehind_headWithItsAge() {
    predictor.barClosed("acme", bar("t1", BAR), false);
    Predictions answer = predict("acme", "t1", features(BAR + 3 * MINUTE).build());
    assertThat(answer.getPredictions(0).getSource()).isEqualTo("head");
    assertThat(answer.getPredictions(0).getAsOfMsc()).isEqualTo(BAR + MINUTE);
    assertThat(answer.getDegraded(0).getHop()).isEqualTo("ml_processing");
    assertThat(answer.getDegraded(0).getReason()).isEqualTo("embedding_stale");
    assertThat(answer.getDegraded(0).getAgeMs()).isEqualTo(3 * MINUTE + 30_000);
  }

  @Test
  void predict_windowsLengthBehind_lastTimeHead() {
    predictor.barClosed("acme", bar("t1", BAR), false);
    Predictions at = predict("acme", "t1", features(BAR + 32 * MINUTE).build());
    assertThat(at.getPredictions(0).getSource()).isEqualTo("head");
    reason(predict("acme", "t1", features(BAR + 33 * MINUTE).build()), "warming");
  }

  @Test
  void predict_unknownSymbol_noModel() {
    reason(predict("acme", "t1", features(BAR).setSymbol("OTHER").build()), "no_model");
  }

  @Test
  void predict_featureFarOut_outOfDistribution() {
    predictor.barClosed("acme", bar("t1", BAR), false);
    for (double bad : new double[] {1e9, -1e9, Double.NaN, Double.POSITIVE_INFINITY}) {
      reason(
          predict("acme", "t1", features(BAR).setFeatures(3, bad).build()), "out_of_distribution");
    }
  }

  @Test
  void predict_featuresMissing_outOfDistribution() {
    predictor.barClosed("acme", bar("t1", BAR), false);
    SymbolFeatures none = features(BAR).clearFeatures().build();
    reason(predict("acme", "t1", none), "out_of_distribution");
  }

  @Test
  void predict_windowFarOut_outOfDistribution() {
    BarClosed.Builder wild = bar("t1", BAR).toBuilder();
    for (int i = 0; i < wild.getWindowCount(); i++) {
      wild.setWindow(i, wild.getWindow(i) * 1e6f);
    }
    predictor.barClosed("acme", wild.build(), false);
    reason(predict("acme", "t1", features(BAR).build()), "out_of_distribution");
  }

  @Test
  void barClosed_notANumber_dropsTheEmbedding() {
    predictor.barClosed("acme", bar("t1", BAR), false);
    BarClosed broken = bar("t1", BAR + MINUTE).toBuilder().setWindow(5, Float.NaN).build();
    predictor.barClosed("acme", broken, false);
    reason(predict("acme", "t1", features(BAR + MINUTE).build()), "warming");
  }

  @Test
  void predict_anotherTenantOrTerminal_seesNoEmbedding() {
    predictor.barClosed("acme", bar("t1", BAR), false);
    reason(predict("other", "t1", features(BAR).build()), "warming");
    reason(predict("acme", "t2", features(BAR).build()), "warming");
  }

  @Test
  void forget_oneTenant_keepsTheOther() {
    predictor.barClosed("acme", bar("t1", BAR), false);
    predictor.barClosed("other", bar("t1", BAR), false);
    predictor.forget("acme");
    reason(predict("acme", "t1", features(BAR).build()), "warming");
    assertThat(predict("other", "t1", features(BAR).build()).getPredictionsCount()).isEqualTo(1);
  }

  @Test
  void barClosed_rehearsal_leavesNoTrace() {
    predictor.barClosed("acme", bar("t1", BAR), true);
    reason(predict("acme", "t1", features(BAR).build()), "warming");
  }

  @Test
  void barClosed_overTheBound_dropsTheLeastRecentlyUsed() {
    for (String terminal : List.of("t1", "t2", "t3")) {
      predictor.barClosed("acme", bar(terminal, BAR), false);
    }
    assertThat(predict("acme", "t1", features(BAR).build()).getPredictionsCount()).isEqualTo(1);
    predictor.barClosed("acme", bar("t4", BAR), false);
    assertThat(predict("acme", "t1", features(BAR).build()).getPredictionsCount()).isEqualTo(1);
    reason(predict("acme", "t2", features(BAR).build()), "warming");
  }

  @Test
  void predict_afterASwap_embedsTheKeptWindowAnew() throws Exception {
    predictor.barClosed("acme", bar("t1", BAR), false);
    Prediction before = predict("acme", "t1", features(BAR).build()).getPredictions(0);
    ModelId next = new ModelId(Synthetic.ID.name(), 2);
    ModelWriter.write(folder, next, Synthetic.files(next), "");
    store.reload();
    Predictions after = predict("acme", "t1", features(BAR).build());
    assertThat(after.getPredictions(0))
        .isEqualTo(before.toBuilder().setModel("synthetic/2").build());
    assertThat(after.getDegradedList()).isEmpty();
  }

  @Test
  void predict_gateShut_modelUnavailableAndNotRun() {
    predictor.barClosed("acme", bar("t1", BAR), false);
    int before = gates.runs.size();
    gates.shut = true;
    reason(predict("acme", "t1", features(BAR).build()), "model_unavailable");
    predictor.barClosed("acme", bar("t1", BAR + MINUTE), false);
    assertThat(gates.runs).hasSize(before);

    gates.shut = false;
    Predictions answer = predict("acme", "t1", features(BAR).build());
    assertThat(answer.getPredictions(0).getSource()).isEqualTo("full");
  }

  @Test
  void predict_gateShutButNothingToRun_saysWhatIsMissing() {
    gates.shut = true;
    reason(predict("acme", "t1", features(BAR).build()), "warming");
  }

  @Test
  void predict_everyRun_isRecordedAtItsModelsGate() {
    predictor.barClosed("acme", bar("t1", BAR), false);
    predict("acme", "t1", features(BAR).build());
    predict("acme", "t1", features(BAR).setFeatures(3, 1e9).build()); // not run
    assertThat(gates.runs)
        .containsExactly(
            new FakeGates.Run("synthetic", 0, false), new FakeGates.Run("synthetic", 0, false));
  }

  @Test
  void probe_loadedModel_isGoodAndDisturbsNoPrediction() {
    predictor.barClosed("acme", bar("t1", BAR), false);
    Predictions before = predict("acme", "t1", features(BAR).build());
    Objects.requireNonNull(gates.probes.get("synthetic")).run();
    assertThat(predict("acme", "t1", features(BAR).build())).isEqualTo(before);
    assertThat(gates.runs).hasSize(3);
  }

  @Test
  void close_usedModels_closesTheirGates() {
    predictor.barClosed("acme", bar("t1", BAR), false);
    predictor.close();
    assertThat(gates.closed).containsExactly("synthetic");
  }

  private static void reason(Predictions answer, String reason) {
    assertThat(answer.getPredictionsList()).isEmpty();
    assertThat(answer.getDegradedList()).hasSize(1);
    assertThat(answer.getDegraded(0).getHop()).isEqualTo("ml_processing");
    assertThat(answer.getDegraded(0).getReason()).isEqualTo(reason);
  }

  private Predictions predict(String tenant, String terminal, SymbolFeatures symbol) {
    return predictor.predict(
        tenant, PredictRequest.newBuilder().setTerminal(terminal).addSymbols(symbol).build());
  }

  private static BarClosed bar(String terminal, long barMsc) {
    BarClosed.Builder out =
        BarClosed.newBuilder().setTerminal(terminal).setSymbol(Synthetic.SYMBOL).setBarMsc(barMsc);
    for (float value : Synthetic.usualSet().windows().get(10)) {
      out.addWindow(value);
    }
    return out.build();
  }

  private static SymbolFeatures.Builder features(long lastBarMsc) {
    SymbolFeatures.Builder out =
        SymbolFeatures.newBuilder()
            .setSymbol(Synthetic.SYMBOL)
            .setAsOfMsc(lastBarMsc + 90_000)
            .setLastBarMsc(lastBarMsc)
            .setWarm(true);
    float[] values = Synthetic.usualSet().samples().get(10).features();
    for (int i = 0; i < Features.COUNT; i++) {
      out.addFeatures(values[i]);
    }
    return out;
  }
}
