package io.sub30.database.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaStateTest {

  private static final long MAX_LAG = 2_000_000_000L;
  private static final long AGES_AGO = 1_000_000_000_000L;

  private final ReplicaState state = new ReplicaState();

  /** The second origin makes the clock wrap between the confirmation and the question. */
  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - 5})
  void readable_aroundTheAllowedLag_endsRightAfterIt(long confirmed) {
    state.replayed(100, OptionalLong.of(confirmed));

    assertThat(readable(confirmed, confirmed)).isTrue();
    assertThat(readable(confirmed + MAX_LAG, confirmed - AGES_AGO)).isTrue();
    assertThat(readable(confirmed + MAX_LAG + 1, confirmed - AGES_AGO)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MIN_VALUE, Long.MAX_VALUE})
  void readable_aroundTheLastWrite_onlyWhenItIsShown(long confirmed) {
    state.replayed(100, OptionalLong.of(confirmed));

    assertThat(readable(confirmed + 5, confirmed - 1)).isTrue();
    assertThat(readable(confirmed + 5, confirmed)).isTrue();
    assertThat(readable(confirmed + 5, confirmed + 1)).isFalse();
  }

  @Test
  void readable_neverAskedOrNothingConfirmed_isNot() {
    assertThat(readable(0, -AGES_AGO)).isFalse();
    assertThat(state.detail(0, 0)).isEqualTo("not asked yet");

    state.replayed(100, OptionalLong.empty());
    assertThat(readable(0, -AGES_AGO)).isFalse();
    assertThat(state.detail(0, 160)).isEqualTo("60 bytes behind");
  }

  @Test
  void readable_doesNotAnswer_isNotUntilItDoes() {
    state.replayed(100, OptionalLong.of(10));
    state.unusable("does not answer");
    assertThat(readable(20, 0)).isFalse();
    assertThat(state.detail(20, 100)).isEqualTo("does not answer");

    state.replayed(100, OptionalLong.empty()); // what it had confirmed still holds
    assertThat(readable(20, 0)).isTrue();
    assertThat(state.detail(3_000_010, 100)).isEqualTo("at most 3 ms, 0 bytes behind");
  }

  @Test
  void replayed_earlierConfirmation_doesNotGoBack() {
    state.replayed(100, OptionalLong.of(50));
    state.replayed(100, OptionalLong.of(40));
    assertThat(state.confirmedNanos()).isEqualTo(50);
  }

  @Test
  void replayed_positionWentBack_whatWasConfirmedNoLongerCounts() {
    state.replayed(100, OptionalLong.of(50));
    state.replayed(99, OptionalLong.empty());
    assertThat(readable(60, 0)).isFalse();

    state.replayed(100, OptionalLong.of(40));
    assertThat(readable(60, 0)).isTrue();
    assertThat(state.confirmedNanos()).isEqualTo(40);
  }

  @Test
  void forget_primaryIsAnother_nothingIsConfirmed() {
    state.replayed(100, OptionalLong.of(50));
    state.forget();
    assertThat(readable(60, 0)).isFalse();
  }

  @Test
  void rest_aroundItsEnd_isReadableAgainThen() {
    state.replayed(100, OptionalLong.of(10));

    assertThat(state.rest(20)).isTrue();
    assertThat(state.rest(20)).as("resting already").isFalse();
    assertThat(readable(20 + ReplicaState.REST_NANOS - 1, 0)).isFalse();
    assertThat(readable(20 + ReplicaState.REST_NANOS, 0)).isTrue();
    assertThat(state.rest(20 + ReplicaState.REST_NANOS)).isTrue();
  }

  @Test
  void expected_loadAndLatency_bothRaiseIt() {
    state.measured(800);
    assertThat(state.expectedNanos()).isEqualTo(800);
    state.measured(1_600);
    assertThat(state.expectedNanos()).isEqualTo(900);
    state.asked();
    state.asked();
    assertThat(state.expectedNanos()).isEqualTo(2_700);
    state.ended();
    assertThat(state.expectedNanos()).isEqualTo(1_800);
  }

  private boolean readable(long nowNanos, long writtenNanos) {
    return state.readable(nowNanos, MAX_LAG, writtenNanos);
  }
}
