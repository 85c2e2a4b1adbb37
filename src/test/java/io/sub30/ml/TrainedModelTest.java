package io.sub30.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TrainedModelTest {

  @Test
  void fit_twice_sameBytes() {
    SampleSet set = Synthetic.walk(1_500, 11);
    ModelFiles one = Synthetic.files(Synthetic.ID, set, Synthetic.model(set));
    SampleSet again = Synthetic.walk(1_500, 11);
    ModelFiles other = Synthetic.files(Synthetic.ID, again, Synthetic.model(again));
    assertThat(other.encoder()).isEqualTo(one.encoder());
    assertThat(other.head()).isEqualTo(one.head());
    assertThat(other.manifest()).isEqualTo(one.manifest());
  }

  @Test
  void fit_randomWalk_saysNoEdge() {
    for (long seed = 1; seed <= 3; seed++) {
      Evaluation evaluation = Synthetic.model(Synthetic.walk(2_000, seed)).evaluation();
      assertThat(evaluation.edgeAfterCosts()).isFalse();
      assertThat(evaluation.verdict()).startsWith("direction: no edge after costs");
    }
  }

  @Test
  void fit_parityVectors_keepClearOfThresholds() {
    TrainedModel model = Synthetic.model(Synthetic.usualSet());
    assertThat(model.parity()).hasSize(4);
    assertThat(model.parity())
        .allSatisfy(
            vector -> assertThat(model.encoder().margin(vector.window())).isGreaterThan(1e-6));
  }

  @Test
  void guard_ofTraining_admitsWhatWasTrainedOn() {
    SampleSet set = Synthetic.usualSet();
    TrainedModel model = Synthetic.model(set);
    Folds folds = Folds.of(set, Synthetic.period(set).split(), Synthetic.HORIZON_S, 1);
    assertThat(folds.train().samples())
        .allSatisfy(
            sample -> {
              assertThat(model.featureGuard().admits(sample.features())).isTrue();
              float[] window = set.windows().get(sample.window());
              assertThat(model.embeddingGuard().admits(model.encoder().encode(window))).isTrue();
            });
  }

  @Test
  void of_tooLittleHistory_saysWhichFold() {
    SampleSet set = Synthetic.walk(700, 1);
    Split split = Synthetic.period(set).split();
    assertThatThrownBy(() -> Folds.of(set, split, Synthetic.HORIZON_S, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fold has")
        .hasMessageContaining("at least 200 are needed");
  }
}
