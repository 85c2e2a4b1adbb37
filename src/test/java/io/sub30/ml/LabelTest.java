package io.sub30.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Horizon 60 s, cost 0.001, sigma 0.002: the barriers are 0.002 away. */
class LabelTest {

  private static final long START = 1_000_000;

  @Test
  void of_upFirstThenFarDown_isUp() {
    Label label = require(10, 0.0021, 20, -0.01);
    assertThat(label.direction()).isEqualTo(Head.UP);
    assertThat(label.exceeds()).isTrue();
    assertThat(label.move()).isCloseTo(-0.01, org.assertj.core.data.Offset.offset(1e-12));
  }

  @Test
  void of_downBarrier_isDown() {
    assertThat(require(10, -0.0021, 20, 0).direction()).isEqualTo(Head.DOWN);
  }

  @Test
  void of_beyondCostWithinBarrier_isNoneAndExceeds() {
    Label label = require(10, 0.0015, 20, 0.0015);
    assertThat(label.direction()).isEqualTo(Head.NONE);
    assertThat(label.exceeds()).isTrue();
  }

  @Test
  void of_backWithinCost_doesNotExceed() {
    assertThat(require(10, 0.0015, 20, 0.0005).exceeds()).isFalse();
  }

  @Test
  void of_barrierReachedJustAfterTheHorizon_isNone() {
    assertThat(require(10, 0, 60.001, 0.01).direction()).isEqualTo(Head.NONE);
    assertThat(require(10, 0, 60, 0.01).direction()).isEqualTo(Head.UP);
  }

  @Test
  void of_tapeEndsWithinTheHorizon_isNoLabel() {
    assertThat(label(tape(10, 0, 20, 0), 0)).isNull();
  }

  @Test
  void of_nothingTradedInTheHorizon_isNoLabel() {
    Tape tape = tape(0, 0, 61, 0.01);
    tape.add(START + 200_000, 1);
    assertThat(label(tape, 0)).isNull();
  }

  @Test
  void of_costAboveSigma_setsTheBarrier() {
    Tape tape = tape(10, 0.0021, 20, 0);
    tape.add(START + 100_000, 1);
    Sample dear = new Sample(0, START, 0, new float[0], 0.003, 0.002);
    Label label = Objects.requireNonNull(Label.of(tape, dear, 60, 1));
    assertThat(label.barrier()).isEqualTo(0.003);
    assertThat(label.direction()).isEqualTo(Head.NONE);
  }

  @Test
  void of_oneStep_volatilityIsItsSize() {
    Label label = require(10, 0.0015, 20, 0.0015);
    assertThat(Math.exp(label.logVolatility()))
        .isCloseTo(0.0015, org.assertj.core.data.Offset.offset(1e-9));
    // Before the sample nothing moved: the floor, a twentieth of the cost.
    assertThat(Math.exp(label.naiveLogVolatility()))
        .isCloseTo(0.00005, org.assertj.core.data.Offset.offset(1e-12));
  }

  private static Label require(double s1, double move1, double s2, double move2) {
    Tape tape = tape(s1, move1, s2, move2);
    tape.add(START + 100_000, 1);
    return Objects.requireNonNull(label(tape, 0));
  }

  private static Tape tape(double s1, double move1, double s2, double move2) {
    Tape tape = new Tape();
    tape.add(START, 1);
    tape.add(START + (long) (s1 * 1_000), Math.exp(move1));
    tape.add(START + (long) (s2 * 1_000), Math.exp(move2));
    return tape;
  }

  private static @Nullable Label label(Tape tape, int tick) {
    return Label.of(tape, new Sample(tick, START, 0, new float[0], 0.001, 0.002), 60, 1);
  }
}
