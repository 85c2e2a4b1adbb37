package io.sub30.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationTest {

  @Test
  void fit_overconfidentScores_findsSlopeAndOffset() {
    Random random = new Random(5);
    double[][] scores = new double[20_000][2];
    int[] classes = new int[scores.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i][0] = 3 * random.nextGaussian();
      classes[i] = random.nextDouble() < Calibration.sigmoid(0.4 * scores[i][0] - 0.7) ? 0 : 1;
    }
    Calibration fit = Calibration.fit(scores, classes, 2);
    assertThat(fit.slope()).isCloseTo(0.4, within(0.03));
    assertThat(fit.offsets()[0] - fit.offsets()[1]).isCloseTo(-0.7, within(0.05));
  }

  @Test
  void fit_scoresThatPointTheWrongWay_givesTheFrequencies() {
    Random random = new Random(5);
    double[][] scores = new double[5_000][3];
    int[] classes = new int[scores.length];
    for (int i = 0; i < scores.length; i++) {
      classes[i] = i % 10 < 5 ? 0 : i % 10 < 8 ? 1 : 2;
      scores[i][classes[i]] = -Math.abs(random.nextGaussian());
    }
    Calibration fit = Calibration.fit(scores, classes, 3);
    double[] p = fit.offsets().clone();
    Calibration.softmax(p);
    assertThat(fit.slope()).isZero();
    assertThat(p[0]).isCloseTo(0.5, within(0.01));
    assertThat(p[2]).isCloseTo(0.2, within(0.01));
  }

  @Test
  void fit_classThatNeverOccurs_staysFinite() {
    double[][] scores = new double[300][3];
    int[] classes = new int[scores.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = new double[] {i % 7, i % 5, -10};
      classes[i] = i % 2;
    }
    Calibration fit = Calibration.fit(scores, classes, 3);
    assertThat(fit.slope()).isFinite();
    assertThat(fit.offsets()).doesNotContain(Double.NaN);
  }
}
