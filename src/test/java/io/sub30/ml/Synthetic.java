package io.sub30.ml;

import io.sub30.market.BarWindow;
import io.sub30.market.Features;
import io.sub30.market.Symbol;
import io.sub30.market.TickSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Markets whose law is known. */
final class Synthetic {

  static final int HORIZON_S = 60;
  static final ModelId ID = new ModelId("synthetic", 1);
  static final String SYMBOL = "SYNTH";

  private static final int TICKS_A_BAR = 12;
  private static final double USUAL = 1e-5;

  private static @Nullable SampleSet usualSet;
  private static @Nullable TrainedModel usualModel;

  private Synthetic() {}

  /** The files of a model trained once for all tests that only need one. */
  static synchronized ModelFiles files(ModelId id) {
    SampleSet set = usualSet();
    if (usualModel == null) {
      usualModel = model(set);
    }
    return files(id, set, usualModel);
  }

  static synchronized SampleSet usualSet() {
    if (usualSet == null) {
      usualSet = walk(2_000, 7);
    }
    return usualSet;
  }

  /** A random walk whose volatility persists: there is nothing to earn and something to know. */
  static SampleSet walk(int bars, long seed) {
    Random random = new Random(seed);
    Tape tape = new Tape();
    List<float[]> windows = new ArrayList<>();
    List<Sample> samples = new ArrayList<>();
    float[] history = new float[bars * BarWindow.CHANNELS];
    double logPrice = 0;
    double logVolatility = 0;
    for (int bar = 0; bar < bars; bar++) {
      double open = logPrice;
      double high = logPrice;
      double low = logPrice;
      logVolatility = 0.97 * logVolatility + 0.15 * random.nextGaussian();
      for (int tick = 0; tick < TICKS_A_BAR; tick++) {
        logPrice += USUAL * Math.exp(logVolatility) * random.nextGaussian();
        high = Math.max(high, logPrice);
        low = Math.min(low, logPrice);
        tape.add((bar * TICKS_A_BAR + tick) * 5_000L, Math.exp(logPrice));
      }
      history[bar * 3] = (float) (logPrice - open);
      history[bar * 3 + 1] = (float) (high - low);
      history[bar * 3 + 2] = (float) Math.log1p(TICKS_A_BAR + random.nextInt(3));
      if (bar >= BarWindow.LENGTH) {
        windows.add(window(history, bar));
        samples.add(sample(tape, windows.size() - 1, random, history[bar * 3 + 1]));
      }
    }
    return new SampleSet(tape, windows, samples);
  }

  private static float[] window(float[] history, int lastBar) {
    float[] out = new float[BarWindow.LENGTH * BarWindow.CHANNELS];
    int from = (lastBar + 1 - BarWindow.LENGTH) * BarWindow.CHANNELS;
    System.arraycopy(history, from, out, 0, out.length);
    return out;
  }

  private static Sample sample(Tape tape, int window, Random random, float range) {
    float[] features = features(random);
    features[0] = range;
    int last = tape.size() - 1;
    double sigma = USUAL * Math.sqrt(TICKS_A_BAR);
    return new Sample(last, tape.timeMsc(last), window, features, 0.5 * sigma, sigma);
  }

  static float[] features(Random random) {
    float[] out = new float[Features.COUNT];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (0.01 * (i + 1) * random.nextGaussian());
    }
    return out;
  }

  /** Three folds of a set: 50 %, 25 %, 25 %. */
  static Period period(SampleSet set) {
    long from = set.samples().get(0).timeMsc();
    long to = set.samples().get(set.samples().size() - 1).timeMsc();
    long step = (to - from) / 4;
    Split split = new Split(from + 2 * step, from + 3 * step, HORIZON_S * 1_000L, 32 * 60_000L);
    return new Period(from, to, split);
  }

  static TrainedModel model(SampleSet set) {
    Folds folds = Folds.of(set, period(set).split(), HORIZON_S, 1);
    return TrainedModel.fit(set, folds, HORIZON_S, 1, TrainingProgress.SILENT);
  }

  static TrainingPlan plan(ModelId id, Path folder) {
    Symbol symbol = new Symbol(SYMBOL, 5, 1e-5, 1e-4, 1e-4, 10, 100_000, 0.01, 0.01, List.of());
    return new TrainingPlan(
        id,
        symbol,
        new TrainingPlan.History("synthetic", List.of(Synthetic::nothing)),
        Long.MAX_VALUE,
        TrainingPlan.Question.QUOTES,
        TrainingPlan.Sampling.USUAL,
        TrainingPlan.Folding.SHARES,
        folder,
        1);
  }

  private static TickSource nothing() {
    throw new IllegalStateException("the synthetic market is not read from a source");
  }

  /** The files of a small trained model. */
  static ModelFiles files(ModelId id, SampleSet set, TrainedModel model) {
    return new ModelWriter(plan(id, Path.of("none")), period(set), model).files();
  }
}
