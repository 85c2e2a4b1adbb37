package io.sub30.budget;

import static io.sub30.budget.TurnedAway.HOLDS_NANOS;
import static io.sub30.budget.TurnedAway.LEAST_CROSSING_NANOS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TurnedAwayTest {

  private static final long MILLI = 1_000_000;
  private static final int CLASS = RequestClass.of(Tier.ENTERPRISE, 20, true);
  private static final int OTHER_TIER = RequestClass.of(Tier.PRO, 20, true);
  private static final int OTHER_SIZE = RequestClass.of(Tier.ENTERPRISE, 1_000, true);
  private static final int LESS_WANTED = RequestClass.of(Tier.ENTERPRISE, 20, false);

  /** Whatever the clock's origin is. */
  @ParameterizedTest
  @ValueSource(longs = {0, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 1})
  void refuses_untilItNoLongerHolds(long start) {
    TurnedAway turnedAway = new TurnedAway(start);
    assertThat(turnedAway.refuses(CLASS, 0, start)).isFalse();

    turnedAway.note(CLASS, 28 * MILLI, 0, start);
    assertThat(turnedAway.refuses(CLASS, 28 * MILLI, start)).isTrue();
    assertThat(turnedAway.refuses(CLASS, 28 * MILLI, start + HOLDS_NANOS - 1)).isTrue();
    assertThat(turnedAway.refuses(CLASS, 28 * MILLI, start + HOLDS_NANOS)).isFalse();
    assertThat(turnedAway.count(Tier.ENTERPRISE)).isEqualTo(2);
    assertThat(turnedAway.count(Tier.PRO)).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -5_000_000_000L})
  void refuses_whatHasMoreRoom_isLeftToTheLane(long start) {
    TurnedAway turnedAway = new TurnedAway(start);
    turnedAway.note(CLASS, 10 * MILLI, 0, start);

    assertThat(turnedAway.refuses(CLASS, -1, start)).isTrue();
    assertThat(turnedAway.refuses(CLASS, 10 * MILLI + LEAST_CROSSING_NANOS, start)).isTrue();
    assertThat(turnedAway.refuses(CLASS, 10 * MILLI + LEAST_CROSSING_NANOS + 1, start)).isFalse();
  }

  /** A lane hard to reach is so for the next one as well, within bounds. */
  @ParameterizedTest
  @CsvSource({
    "-9000000, 500000",
    "0, 500000",
    "500000, 500000",
    "1700000, 1700000",
    "2000000, 2000000",
    "9000000000, 2000000"
  })
  void refuses_whatWouldHaveNoMoreRoomAtTheLane(long crossing, long counted) {
    TurnedAway turnedAway = new TurnedAway(0);
    turnedAway.note(CLASS, 10 * MILLI, crossing, 0);

    assertThat(turnedAway.refuses(CLASS, 10 * MILLI + counted, 0)).isTrue();
    assertThat(turnedAway.refuses(CLASS, 10 * MILLI + counted + 1, 0)).isFalse();
  }

  @Test
  void refuses_anotherClass_isLeftToTheLane() {
    TurnedAway turnedAway = new TurnedAway(0);
    turnedAway.note(CLASS, 10 * MILLI, 0, 0);

    for (int other : new int[] {OTHER_TIER, OTHER_SIZE, LESS_WANTED}) {
      assertThat(turnedAway.refuses(other, MILLI, 0)).isFalse();
    }
  }

  /** One with little time of its own says nothing about those with more, nor keeps that alive. */
  @Test
  void note_lessRoomThanIsKnown_neitherReplacesNorProlongs() {
    TurnedAway turnedAway = new TurnedAway(0);
    turnedAway.note(CLASS, 28 * MILLI, 0, 0);
    turnedAway.note(CLASS, 4 * MILLI, 0, HOLDS_NANOS / 2);

    assertThat(turnedAway.refuses(CLASS, 28 * MILLI, HOLDS_NANOS - 1)).isTrue();
    assertThat(turnedAway.refuses(CLASS, 4 * MILLI, HOLDS_NANOS)).isFalse();

    turnedAway.note(CLASS, 4 * MILLI, 0, HOLDS_NANOS);
    assertThat(turnedAway.refuses(CLASS, 28 * MILLI, HOLDS_NANOS)).isFalse();
    assertThat(turnedAway.refuses(CLASS, 4 * MILLI, HOLDS_NANOS)).isTrue();
  }

  @Test
  void letIn_endsItForTheClassAlone() {
    TurnedAway turnedAway = new TurnedAway(0);
    turnedAway.note(CLASS, 28 * MILLI, 0, 0);
    turnedAway.note(OTHER_TIER, 28 * MILLI, 0, 0);

    turnedAway.letIn(CLASS, 1);

    assertThat(turnedAway.refuses(CLASS, MILLI, 1)).isFalse();
    assertThat(turnedAway.refuses(OTHER_TIER, MILLI, 1)).isTrue();
  }
}
