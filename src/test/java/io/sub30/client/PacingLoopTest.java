package io.sub30.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacingLoopTest {
  private static final long START = Long.MAX_VALUE - 5_000_000;

  private final List<Long> intended = new ArrayList<>();
  private final List<Long> handedOver = new ArrayList<>();
  private final ArrayDeque<PreparedBatch> source = new ArrayDeque<>();
  private final Semaphore room = new Semaphore(1_000);
  private long now = START;

  @AfterEach
  void clearInterrupt() {
    // A test that interrupts its thread must not leave that to the next one.
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void run_evenRate_handsOverAtEachIntendedStart() throws Exception {
    feed(new Pace.Rate(1_000), 5);

    loop(Long.MAX_VALUE).run(source::poll, this::accept);

    assertThat(intended).containsExactly(0L, 1_000_000L, 2_000_000L, 3_000_000L, 4_000_000L);
    assertThat(handedOver).isEqualTo(intended);
  }

  @Test
  void run_clockWrapsDuringTheRun_keepsPace() throws Exception {
    feed(new Pace.Rate(1_000), 20);

    loop(Long.MAX_VALUE).run(source::poll, this::accept);

    assertThat(now).isNegative();
    assertThat(handedOver).hasSize(20).isEqualTo(intended);
  }

  @Test
  void run_parkReturnsEarly_parksAgain() throws Exception {
    feed(new Pace.Rate(1_000), 3);
    PacingLoop loop =
        new PacingLoop(() -> now, nanos -> now += Math.max(1, nanos / 2), room, Long.MAX_VALUE);

    loop.run(source::poll, this::accept);

    assertThat(handedOver).isEqualTo(intended);
  }

  @Test
  void run_generatorStalls_sendsTheMissedOnesAtOnceWithTheirOwnIntendedStarts() throws Exception {
    feed(new Pace.Rate(1_000), 6);

    loop(Long.MAX_VALUE)
        .run(
            source::poll,
            (batch, at) -> {
              accept(batch, at);
              if (batch.sequence() == 2) {
                now += 3_500_000;
              }
            });

    assertThat(intended)
        .containsExactly(0L, 1_000_000L, 2_000_000L, 3_000_000L, 4_000_000L, 5_000_000L);
    assertThat(handedOver)
        .containsExactly(0L, 1_000_000L, 4_500_000L, 4_500_000L, 4_500_000L, 5_000_000L);
  }

  @Test
  void run_limitReached_leavesOutTheBatchDueAtTheLimit() throws Exception {
    feed(new Pace.Rate(1_000), 10);

    loop(3_000_000).run(source::poll, this::accept);

    assertThat(intended).containsExactly(0L, 1_000_000L, 2_000_000L);
  }

  @Test
  void run_unpaced_endsWhenTheClockReachesTheLimit() throws Exception {
    feed(new Pace.AsFastAsAnswered(), 10);

    loop(3_000_000)
        .run(
            source::poll,
            (batch, at) -> {
              accept(batch, at);
              now += 1_000_000;
            });

    assertThat(handedOver).containsExactly(0L, 1_000_000L, 2_000_000L);
    assertThat(room.availablePermits()).isEqualTo(1_000 - 3);
  }

  @Test
  void run_interruptedWhileParked_stops() {
    feed(new Pace.Rate(1_000), 3);
    PacingLoop loop =
        new PacingLoop(
            () -> now, nanos -> Thread.currentThread().interrupt(), room, Long.MAX_VALUE);

    assertThatThrownBy(() -> loop.run(source::poll, this::accept))
        .isInstanceOf(InterruptedException.class);
    assertThat(intended).hasSize(1);
  }

  private PacingLoop loop(long limitNanos) {
    return new PacingLoop(() -> now, nanos -> now += nanos, room, limitNanos);
  }

  private void feed(Pace pace, int batches) {
    for (int k = 0; k < batches; k++) {
      source.add(new PreparedBatch(0, k + 1, new byte[0], pace.dueNanos(k, 0)));
    }
  }

  private void accept(PreparedBatch batch, long at) {
    intended.add(at - START);
    handedOver.add(now - START);
  }
}
