package io.sub30.gateway.cells;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppointmentsTest {

  private static final long MILLI = 1_000_000;

  private final Appointments appointments = new Appointments();

  @ParameterizedTest
  @ValueSource(longs = {0, -5_000_000_000L, Long.MIN_VALUE + 7, Long.MAX_VALUE - 500 * MILLI})
  void next_eachAfterTheOneBefore_whateverTheClockSays(long now) {
    assertThat(appointments.next(now, 22 * MILLI + 1, 8 * MILLI)).isEqualTo(23);
    assertThat(appointments.next(now, 22 * MILLI, 8 * MILLI)).isEqualTo(31);
    assertThat(appointments.next(now + 5 * MILLI, 22 * MILLI, 8 * MILLI)).isEqualTo(34);
    assertThat(appointments.next(now + 500 * MILLI, 22 * MILLI, 8 * MILLI))
        .as("those before have come by now")
        .isEqualTo(22);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 9_999_999})
  void next_nothingToWaitFor_isTheSoonest(long waitNanos) {
    assertThat(appointments.next(7, waitNanos, 0)).isEqualTo(Appointments.SOONEST_MILLIS);
  }

  @ParameterizedTest
  @ValueSource(longs = {2_000_000_000L, Long.MAX_VALUE})
  void next_farAhead_isTheLatestForAll(long waitNanos) {
    for (int i = 0; i < 1_000; i++) {
      assertThat(appointments.next(i, waitNanos, 8 * MILLI)).isEqualTo(Appointments.LATEST_MILLIS);
    }
  }
}
