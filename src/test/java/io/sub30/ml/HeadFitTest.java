package io.sub30.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.market.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A market whose probabilities are known: the fitted head must find them. */
class HeadFitTest {

  private static final List<float[]> NO_EMBEDDING = List.of(new float[Encoder.SIZE]);

  private static Fold train;
  private static Fold calibration;
  private static Fold test;
  private static Head head;
  private static Evaluation evaluation;

  @BeforeAll
  static void fit() {
    Random random = new Random(3);
    train = fold(random, 6_000);
    calibration = fold(random, 3_000);
    test = fold(random, 4_000);
    head = HeadFit.fit(NO_EMBEDDING, train, calibration, 1, TrainingProgress.SILENT);
    evaluation = Evaluation.of(answers(), test, List.of(train, calibration), 60);
  }

  @Test
  void fit_knownLaw_recoversProbabilities() {
    double direction = 0;
    double exceeds = 0;
    for (Sample sample : test.samples()) {
      Head.Answer answer = head.answer(NO_EMBEDDING.get(0), sample.features());
      direction += Math.abs(answer.up() - up(sample.features())) / test.size();
      exceeds += Math.abs(answer.exceeds() - exceeds(sample.features())) / test.size();
    }
    // The frequencies alone are 0.17 and 0.16 off.
    assertThat(direction).isLessThan(0.04);
    assertThat(exceeds).isLessThan(0.04);
  }

  @Test
  void fit_knownLaw_volatilityIsTheStandardDeviation() {
    double ratio = 0;
    for (Sample sample : test.samples()) {
      Head.Answer answer = head.answer(NO_EMBEDDING.get(0), sample.features());
      ratio += Math.log(answer.volatility() / volatility(sample.features())) / test.size();
    }
    assertThat(Math.abs(ratio)).isLessThan(0.05);
  }

  @Test
  void evaluate_knownLaw_beatsTheBaselinesAndIsCalibrated() {
    assertThat(evaluation.direction().logLoss()).isLessThan(evaluation.directionNaive().logLoss());
    assertThat(evaluation.directionSkill().sure()).isTrue();
    assertThat(evaluation.exceedsSkill().sure()).isTrue();
    assertThat(evaluation.volatilitySkill().sure()).isTrue();
    assertThat(evaluation.direction().calibrationError()).isLessThan(0.05);
    assertThat(evaluation.exceeds().calibrationError()).isLessThan(0.05);
    assertThat(evaluation.verdict()).contains("move exceeds cost: better than class frequencies");
  }

  private static List<Head.Answer> answers() {
    return test.samples().stream()
        .map(sample -> head.answer(NO_EMBEDDING.get(0), sample.features()))
        .toList();
  }

  private static Fold fold(Random random, int size) {
    List<Sample> samples = new ArrayList<>();
    List<Label> labels = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      float[] x = Synthetic.features(random);
      double u = random.nextDouble();
      double up = up(x);
      double down = down(x);
      int direction = u < up ? Head.UP : u < up + down ? Head.DOWN : Head.NONE;
      double volatility = volatility(x);
      labels.add(
          new Label(
              direction,
              random.nextDouble() < exceeds(x),
              Math.log(volatility) + 0.3 * random.nextGaussian(),
              Math.log(1e-4) + 0.3 * random.nextGaussian(),
              1e-4,
              volatility * random.nextGaussian()));
      samples.add(new Sample(i, i * 15_000L, 0, x, 5e-5, 1e-4));
    }
    assertThat(samples.get(0).features()).hasSize(Features.COUNT);
    return new Fold(samples, labels);
  }

  /** The law, in the features' own units, each of which is 0.01 (i + 1). */
  private static double up(float[] x) {
    return share(x, 1);
  }

  private static double down(float[] x) {
    return share(x, -1);
  }

  private static double share(float[] x, int side) {
    double lean = 1.2 * Head.asinh(x[0] / 0.01);
    double sum = Math.exp(lean) + Math.exp(-lean) + 1;
    return Math.exp(side * lean) / sum;
  }

  private static double exceeds(float[] x) {
    return Calibration.sigmoid(1.0 * Head.asinh(x[1] / 0.02));
  }

  private static double volatility(float[] x) {
    return 1e-4 * Math.exp(0.5 * Head.asinh(x[2] / 0.03));
  }
}
