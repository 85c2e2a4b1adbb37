package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything must hold wherever the clock's origin is: its values wrap. */
class DeadlineTest {

  private static final long HUNDRED_YEARS_NANOS = 100L * 365 * 24 * 3600 * 1_000_000_000L;

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE, Long.MIN_VALUE, -1, Long.MAX_VALUE - 20})
  void remaining_asTimePasses_countsDownPastZero(long epoch) {
    FakeNanoClock clock = new FakeNanoClock(epoch);
    Deadline deadline = Deadline.after(30, clock);

    assertThat(deadline.remainingNanos()).isEqualTo(30);
    clock.advanceNanos(29);
    assertThat(deadline.remainingNanos()).isEqualTo(1);
    assertThat(deadline.isExpired()).isFalse();
    clock.advanceNanos(1);
    assertThat(deadline.remainingNanos()).isZero();
    assertThat(deadline.isExpired()).isTrue();
    clock.advanceNanos(1);
    assertThat(deadline.remainingNanos()).isEqualTo(-1);
    assertThat(deadline.isExpired()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE, Long.MIN_VALUE})
  void after_overflowingOffsets_areClamped(long epoch) {
    FakeNanoClock clock = new FakeNanoClock(epoch);

    assertThat(Deadline.after(Long.MAX_VALUE, clock).remainingNanos())
        .isEqualTo(HUNDRED_YEARS_NANOS);
    assertThat(Deadline.after(Long.MIN_VALUE, clock).remainingNanos())
        .isEqualTo(-HUNDRED_YEARS_NANOS);
    assertThat(Deadline.after(Long.MIN_VALUE, clock).isExpired()).isTrue();
    assertThat(Deadline.after(HUNDRED_YEARS_NANOS, clock).remainingNanos())
        .isEqualTo(HUNDRED_YEARS_NANOS);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE, Long.MIN_VALUE})
  void shortenedTo_lessTime_isTaken_moreIsNot(long epoch) {
    FakeNanoClock clock = new FakeNanoClock(epoch);
    Deadline deadline = Deadline.at(epoch, 30, clock);

    assertThat(deadline.shortenedTo(epoch, 10).remainingNanos()).isEqualTo(10);
    assertThat(deadline.shortenedTo(epoch, 30)).isSameAs(deadline);
    assertThat(deadline.shortenedTo(epoch, 31)).isSameAs(deadline);
    assertThat(deadline.shortenedTo(epoch, Long.MAX_VALUE)).isSameAs(deadline);
    assertThat(deadline.shortenedTo(epoch, 0).isExpired()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE, Long.MIN_VALUE})
  void at_earlierStart_hasLessLeft(long epoch) {
    FakeNanoClock clock = new FakeNanoClock(epoch);

    assertThat(Deadline.at(epoch - 5, 30, clock).remainingNanos()).isEqualTo(25);
    assertThat(Deadline.at(epoch - 30, 30, clock).isExpired()).isTrue();
    assertThat(Deadline.at(epoch, 30, clock).remainingNanos(epoch + 7)).isEqualTo(23);
  }
}
