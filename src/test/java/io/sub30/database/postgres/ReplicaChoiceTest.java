package io.sub30.database.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplicaChoiceTest {

  private static final long MAX_LAG = 1_000;

  private final List<ReplicaState> replicas = new ArrayList<>();
  private final ArrayDeque<Integer> dice = new ArrayDeque<>();
  private final List<Integer> bounds = new ArrayList<>();
  private final ReplicaChoice choice =
      new ReplicaChoice(
          replicas,
          MAX_LAG,
          bound -> {
            bounds.add(bound);
            return dice.remove();
          });

  @Test
  void choose_noneConfiguredOrReadable_isThePrimary() {
    assertThat(choose(0)).isEqualTo(-1);
    replicas.add(new ReplicaState());
    assertThat(choose(0)).isEqualTo(-1);
    assertThat(bounds).isEmpty();
  }

  @Test
  void choose_one_isThat() {
    replicas.add(new ReplicaState());
    replica(100, 5);
    assertThat(choose(0, 0)).isEqualTo(1);
  }

  @Test
  void choose_two_isTheOneExpectedSooner() {
    replica(100, 900);
    replica(100, 300);

    assertThat(choose(0, 0, 0)).isEqualTo(1);
    assertThat(choose(0, 1, 0)).isEqualTo(1);

    replicas.get(1).asked();
    replicas.get(1).asked();
    replicas.get(1).asked();
    assertThat(choose(0, 0, 0)).as("300 times 4 is more than 900").isEqualTo(0);
  }

  @Test
  void choose_two_areDifferentOnesWhateverTheDiceSay() {
    for (int i = 0; i < 4; i++) {
      replica(100, 1_000 - 100 * i);
    }
    for (int one = 0; one < 4; one++) {
      for (int other = 0; other < 3; other++) {
        int second = (one + 1 + other) % 4;
        assertThat(choose(0, one, other)).isEqualTo(Math.max(one, second));
        assertThat(second).isNotEqualTo(one);
      }
    }
    assertThat(bounds).startsWith(4, 3);
  }

  @Test
  void choose_staleOnes_areNotDrawn() {
    replica(100, 1); // the quickest, but it does not show the write
    replica(200, 900);
    replica(100, 1);
    replica(300, 500);

    assertThat(choose(150, 0, 0)).isEqualTo(3);
    assertThat(choose(250, 0)).isEqualTo(3);
    assertThat(choose(301)).isEqualTo(-1);
  }

  @Test
  void choose_manyRequests_goToTheQuickestMostAndToTheSlowestNever() {
    for (int i = 0; i < 4; i++) {
      replica(100, 1_000 * (i + 1));
    }
    Random random = new Random(7);
    ReplicaChoice fair = new ReplicaChoice(replicas, MAX_LAG, random::nextInt);
    int[] chosen = new int[4];
    for (int i = 0; i < 6_000; i++) {
      chosen[fair.choose(400, 0)]++;
    }

    // Of the 6 pairs 3 have the first, 2 more the second, 1 more the third.
    assertThat(chosen[0]).as(Arrays.toString(chosen)).isBetween(2_800, 3_200);
    assertThat(chosen[1]).as(Arrays.toString(chosen)).isBetween(1_800, 2_200);
    assertThat(chosen[2]).as(Arrays.toString(chosen)).isBetween(850, 1_150);
    assertThat(chosen[3]).as(Arrays.toString(chosen)).isZero();
  }

  @Test
  void period_aroundItsBounds_isAnEighthOfTheLag() {
    assertThat(Replicas.periodMillis(Duration.ofMillis(500))).isEqualTo(100);
    assertThat(Replicas.periodMillis(Duration.ofMillis(800))).isEqualTo(100);
    assertThat(Replicas.periodMillis(Duration.ofSeconds(2))).isEqualTo(250);
    assertThat(Replicas.periodMillis(Duration.ofSeconds(4))).isEqualTo(500);
    assertThat(Replicas.periodMillis(Duration.ofMinutes(1))).isEqualTo(500);
  }

  private void replica(long confirmedNanos, long latencyNanos) {
    ReplicaState state = new ReplicaState();
    state.replayed(1, OptionalLong.of(confirmedNanos));
    state.measured(latencyNanos);
    replicas.add(state);
  }

  /** At 400, with those dice, all of which must be thrown. */
  private int choose(long writtenNanos, Integer... thrown) {
    dice.addAll(List.of(thrown));
    int chosen = choice.choose(400, writtenNanos);
    assertThat(dice).isEmpty();
    return chosen;
  }
}
