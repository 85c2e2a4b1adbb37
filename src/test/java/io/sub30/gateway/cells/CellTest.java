package io.sub30.gateway.cells;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Tier;
import io.sub30.v1.CellMarks;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CellTest {

  private static final int MAX_WAITING = 2;

  private final Cell cell = new Cell("acme", Tier.PRO, MAX_WAITING, 60_000);
  private final Turn first = Turns.of("t", 1);
  private final Turn second = Turns.of("t", 2);

  @BeforeEach
  void open() {
    cell.opening();
    cell.opened(7, 40);
  }

  @Test
  void take_oneTurnAtATime_inOrder() {
    assertThat(cell.take()).isNull();
    cell.queue(first);
    cell.queue(second);

    assertThat(cell.take()).isSameAs(first);
    assertThat(cell.take()).as("the cell is held").isNull();
    cell.release();
    assertThat(cell.take()).isSameAs(second);
    cell.release();
    assertThat(cell.take()).isNull();
  }

  @Test
  void take_notOpen_isNobodysTurn() {
    Cell fresh = new Cell("acme", Tier.PRO, MAX_WAITING, 60_000);
    fresh.queue(first);

    assertThat(fresh.phase()).isEqualTo(Cell.Phase.CLOSED);
    assertThat(fresh.take()).isNull();
    fresh.opening();
    assertThat(fresh.take()).isNull();
    fresh.opened(1, 0);
    assertThat(fresh.take()).isSameAs(first);
  }

  @Test
  void queue_atTheBound_refusesAndKeepsTheOthers() {
    assertThat(cell.queue(first)).isTrue();
    assertThat(cell.queue(second)).isTrue();
    assertThat(cell.queue(Turns.of("t", 3))).isFalse();
    assertThat(cell.waiting()).isEqualTo(2);

    assertThat(cell.take()).isSameAs(first);
    assertThat(cell.queue(Turns.of("t", 4))).as("who holds the cell does not wait").isTrue();
    assertThat(cell.occupancy()).isEqualTo(3);
  }

  @Test
  void isIdle_heldOrWaitedForOrOpening_isFalse() {
    assertThat(cell.isIdle()).isTrue();
    cell.queue(first);
    assertThat(cell.isIdle()).isFalse();
    cell.take();
    assertThat(cell.isIdle()).isFalse();
    cell.release();
    assertThat(cell.isIdle()).isTrue();
    cell.opening();
    assertThat(cell.isIdle()).isFalse();
    cell.close();
    assertThat(cell.isIdle()).isTrue();
  }

  @Test
  void dismissAll_waiting_emptiesTheQueueInOrder() {
    cell.queue(first);
    cell.queue(second);

    assertThat(cell.dismissAll()).containsExactly(first, second);
    assertThat(cell.waiting()).isZero();
    assertThat(cell.dismissAll()).isEmpty();
  }

  @Test
  void committed_nextOrdinalFollows_anAbortedOneIsUsedAgain() {
    assertThat(cell.nextOrdinal()).isEqualTo(41);
    assertThat(cell.nextOrdinal()).as("until it is committed").isEqualTo(41);
    cell.committed("t", 9, 41, 5);
    assertThat(cell.lastOrdinal()).isEqualTo(41);
    assertThat(cell.nextOrdinal()).isEqualTo(42);
    assertThat(cell.epoch()).isEqualTo(7);
    cell.raisedTo(8);
    assertThat(cell.epoch()).isEqualTo(8);
    assertThat(cell.nextOrdinal()).isEqualTo(42);
  }

  @Test
  void mayBeRepeated_upToTheHighestOfThatTerminalOnly() {
    assertThat(cell.mayBeRepeated("t", 0)).isFalse();
    cell.committed("t", 9, 41, 1);
    assertThat(cell.mayBeRepeated("t", 10)).isFalse();
    assertThat(cell.mayBeRepeated("t", 9)).isTrue();
    assertThat(cell.mayBeRepeated("t", 3)).as("it may have come out of order").isTrue();
    assertThat(cell.mayBeRepeated("u", 3)).isFalse();
    cell.mark("t", 4);
    assertThat(cell.mayBeRepeated("t", 9)).as("a mark never falls").isTrue();
  }

  @Test
  void isProvablyNew_aboveEveryOneOfItsTerminal_whileNoTerminalIsForgotten() {
    cell.restored(CellMarks.newBuilder().putHighSequences("t", 9).build());
    assertThat(cell.isProvablyNew("t", 9)).isFalse();
    assertThat(cell.isProvablyNew("t", 10)).isTrue();
    assertThat(cell.isProvablyNew("u", 1)).as("a terminal that never sent").isTrue();
    for (int i = 0; i < Cell.MAX_MARKS; i++) {
      cell.mark("more-" + i, 1);
    }
    assertThat(cell.isProvablyNew("t", 1)).as("t was forgotten").isFalse();
    assertThat(cell.isProvablyNew("new", 1)).as("it may have been, too").isFalse();
  }

  @Test
  void isProvablyNew_afterAFullCheckpoint_isNobody() {
    CellMarks.Builder marks = CellMarks.newBuilder();
    for (int i = 0; i < Cell.MAX_MARKS; i++) {
      marks.putHighSequences("terminal-" + i, 1);
    }
    cell.restored(marks.build());
    assertThat(cell.isProvablyNew("terminal-0", 2)).isFalse();
    cell.close();
    cell.restored(CellMarks.getDefaultInstance());
    assertThat(cell.isProvablyNew("terminal-0", 2)).as("restored anew").isTrue();
  }

  @Test
  void close_forgetsWhatItCannotBuildUpon() {
    cell.committed("t", 9, 41, 1);
    cell.close();

    assertThat(cell.phase()).isEqualTo(Cell.Phase.CLOSED);
    assertThat(cell.mayBeRepeated("t", 9)).isFalse();
    cell.queue(first);
    assertThat(cell.take()).isNull();
  }

  @Test
  void checkpointDue_batchesReadAgainCount_orEachCrashMadeTheNextRebuildingLonger() {
    cell.opening();
    cell.beyondCheckpoint("t", 1, 50);
    cell.beyondCheckpoint("t", 2, 50);
    cell.opened(8, 42);

    assertThat(cell.mayBeSaved()).isTrue();
    assertThat(cell.checkpointDue(3, 1_000)).isFalse();
    cell.committed("t", 3, 43, 1);
    assertThat(cell.checkpointDue(3, 1_000)).isTrue();
  }

  @Test
  void mayBeSaved_onlyWhenOpenAndIdleWithBatchesThatNoCheckpointHas() {
    assertThat(cell.mayBeSaved()).as("nothing committed").isFalse();
    cell.committed("t", 1, 41, 1);
    assertThat(cell.mayBeSaved()).isTrue();
    cell.hold();
    assertThat(cell.mayBeSaved()).as("held").isFalse();
    cell.queue(first);
    assertThat(cell.take()).as("held").isNull();
    cell.release();
    assertThat(cell.take()).isSameAs(first);
    cell.release();
    cell.checkpoint();
    assertThat(cell.mayBeSaved()).as("saved").isFalse();
    cell.checkpointLost();
    assertThat(cell.mayBeSaved()).as("it was not saved after all").isTrue();
    cell.close();
    assertThat(cell.mayBeSaved()).as("nothing to build upon").isFalse();
  }

  @Test
  void restedSinceRound_nothingCommittedInBetween() {
    cell.committed("t", 1, 41, 1);
    assertThat(cell.restedSinceRound()).isFalse();
    assertThat(cell.restedSinceRound()).isTrue();
    cell.committed("t", 2, 42, 1);
    assertThat(cell.restedSinceRound()).isFalse();
  }

  @Test
  void checkpointDue_atTheBoundOfBatchesOrTicks() {
    assertThat(cell.checkpointDue(2, 100)).isFalse();
    cell.committed("t", 1, 41, 99);
    assertThat(cell.checkpointDue(2, 100)).isFalse();
    assertThat(cell.checkpointDue(2, 99)).isTrue();
    cell.committed("u", 5, 42, 0);
    assertThat(cell.checkpointDue(2, 100)).isTrue();

    CellMarks marks = cell.checkpoint();
    assertThat(marks.getHighSequencesMap()).isEqualTo(Map.of("t", 1L, "u", 5L));
    assertThat(cell.checkpointDue(1, 1)).as("counts anew").isFalse();
  }

  @Test
  void mark_moreTerminalsThanTheBound_forgetsTheOneHeardOfLongestAgo() {
    Cell cell = new Cell("acme", Tier.PRO, 1, 60_000);
    for (int i = 0; i < Cell.MAX_MARKS; i++) {
      cell.mark("t" + i, 5);
    }
    assertThat(cell.mayBeRepeated("t0", 5)).isTrue(); // heard of, so t1 is next

    cell.mark("one more", 5);

    assertThat(cell.mayBeRepeated("t0", 5)).isTrue();
    assertThat(cell.mayBeRepeated("t1", 5)).isFalse();
    assertThat(cell.mayBeRepeated("one more", 5)).isTrue();
    assertThat(cell.checkpoint().getHighSequencesCount()).isEqualTo(Cell.MAX_MARKS);
  }
}
