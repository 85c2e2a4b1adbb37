package io.sub30.ml;

import io.sub30.budget.NanoClock;
import io.sub30.v1.BarClosed;
import io.sub30.v1.PredictRequest;
import io.sub30.v1.Predictions;
import io.sub30.v1.SymbolFeatures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the benchmark measures, since the classes it measures are not public. */
public final class PredictBenchmarkState implements AutoCloseable {

  private final ModelStore store;
  private final Predictor predictor;
  private final BarClosed bar;
  private final PredictRequest request;

  /** The default model of EURUSD, fed one of its own parity vectors. */
  public PredictBenchmarkState() throws Exception {
    Path nothing = Files.createTempDirectory("sub30-bench");
    store = ModelStore.open(List.of(nothing));
    predictor = new Predictor(store, 16, Gates.NONE, NanoClock.SYSTEM);
    OnnxModel model = store.snapshot().get("EURUSD");
    if (model == null) {
      throw new IllegalStateException("no default model of EURUSD: " + store.statuses());
    }
    ParityVector vector = model.manifest().parity().get(0);
    BarClosed.Builder closed = BarClosed.newBuilder().setSymbol("EURUSD").setBarMsc(60_000);
    for (float value : vector.window()) {
      closed.addWindow(value);
    }
    bar = closed.build();
    SymbolFeatures.Builder symbol =
        SymbolFeatures.newBuilder()
            .setSymbol("EURUSD")
            .setWarm(true)
            .setLastBarMsc(60_000)
            .setAsOfMsc(130_000);
    for (float value : vector.features()) {
      symbol.addFeatures(value);
    }
    request = PredictRequest.newBuilder().addSymbols(symbol).build();
    predictor.barClosed("acme", bar, false);
    if (predict().getPredictionsCount() != 1) {
      throw new IllegalStateException("no prediction: " + predict());
    }
  }

  /** One request of one symbol. */
  public Predictions predict() {
    return predictor.predict("acme", request);
  }

  /** One closed bar. */
  public void embed() {
    predictor.barClosed("acme", bar, false);
  }

  @Override
  public void close() {
    predictor.close();
    store.close();
  }
}
