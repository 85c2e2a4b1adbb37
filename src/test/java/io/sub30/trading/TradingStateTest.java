package io.sub30.trading;

import static io.sub30.trading.Fixtures.TUESDAY_MSC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.v1.Settlement;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.TickResult;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TradingStateTest {

  private final TradingState state = new TradingState();

  private void signal(long ordinal, String terminal, long asOfMsc, Settlement settlement) {
    state.begin(ordinal, terminal).propose("EURUSD", asOfMsc, 10);
    state.settle(ordinal, settlement);
  }

  private int remembered(String terminal) {
    SignalLog log = state.begin(state.ordinal() + 1, terminal);
    int size = log.size();
    state.settle(state.ordinal() + 1, Settlement.ABORTED);
    return size;
  }

  @Test
  void settle_aborted_leavesTheBytesAsTheyWere() {
    signal(1, "t1", TUESDAY_MSC, Settlement.COMMITTED);
    byte[] before = state.snapshot();
    signal(2, "t1", TUESDAY_MSC + 1, Settlement.ABORTED);
    signal(2, "t2", TUESDAY_MSC + 1, Settlement.ABORTED);
    assertThat(state.snapshot()).isEqualTo(before);
    // A restart of market time, which would forget the log, is taken back too.
    signal(2, "t1", TUESDAY_MSC - 86_400_000, Settlement.ABORTED);
    assertThat(state.snapshot()).isEqualTo(before);
    assertThat(remembered("t1")).isEqualTo(1);
  }

  @Test
  void begin_sameBatchAgain_forgetsWhatWasDecidedBefore() {
    state.begin(1, "t1").propose("EURUSD", TUESDAY_MSC, 10);
    assertThat(state.begin(1, "t1").size()).isZero();
    state.settle(1, Settlement.COMMITTED);
    assertThat(remembered("t1")).isZero();
  }

  @Test
  void begin_otherBatchOpenOrCommitted_isRefused() {
    state.begin(5, "t1");
    assertThatThrownBy(() -> state.begin(6, "t1"))
        .hasMessage("batch 6 cannot be decided while 5 is not settled");
    assertThatThrownBy(() -> state.settle(6, Settlement.COMMITTED))
        .hasMessage("batch 6 cannot be settled while 5 is open");
    assertThatThrownBy(state::snapshot).hasMessage("batch 5 is not settled");
    assertThatThrownBy(() -> state.apply(StoredBatch.newBuilder().setOrdinal(6).build()))
        .hasMessage("batch 5 is not settled");
    state.settle(5, Settlement.COMMITTED);
    assertThatThrownBy(() -> state.begin(5, "t1"))
        .hasMessage("batch 5 cannot be decided after 5 was committed");
  }

  @Test
  void settle_unspecified_isRefusedAndTheBatchStaysOpen() {
    state.begin(1, "t1").propose("EURUSD", TUESDAY_MSC, 10);
    assertThatThrownBy(() -> state.settle(1, Settlement.SETTLEMENT_UNSPECIFIED))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(state.openOrdinal()).isEqualTo(1);
  }

  @Test
  void settle_neverDecided_changesTheOrdinalOnly() {
    state.settle(3, Settlement.ABORTED);
    assertThat(state.ordinal()).isZero();
    state.settle(4, Settlement.COMMITTED);
    assertThat(state.ordinal()).isEqualTo(4);
    state.settle(2, Settlement.COMMITTED);
    assertThat(state.ordinal()).isEqualTo(4);
  }

  @Test
  void keep_beyondCapacity_forgetsTheOldest() {
    for (int i = 1; i <= SignalLog.CAPACITY + 1; i++) {
      signal(i, "t1", TUESDAY_MSC + i, Settlement.COMMITTED);
    }
    assertThat(remembered("t1")).isEqualTo(SignalLog.CAPACITY);
    assertThat(state.begin(1_000, "t1").asOfMsc(0)).isEqualTo(TUESDAY_MSC + 2);
  }

  @Test
  void keep_marketTimeBeganAgain_forgetsWhatWasBefore() {
    signal(1, "t1", TUESDAY_MSC, Settlement.COMMITTED);
    signal(2, "t1", TUESDAY_MSC - SignalLog.RESTART_MILLIS, Settlement.COMMITTED);
    assertThat(remembered("t1")).isEqualTo(2);
    signal(3, "t1", TUESDAY_MSC - 2 * SignalLog.RESTART_MILLIS - 1, Settlement.COMMITTED);
    assertThat(remembered("t1")).isEqualTo(1);
  }

  @Test
  void keep_tooManyTerminals_dropsTheOneSilentLongest() {
    for (int i = 1; i <= TradingState.MAX_TERMINALS; i++) {
      signal(i, "t" + i, TUESDAY_MSC, Settlement.COMMITTED);
    }
    signal(300, "t1", TUESDAY_MSC + 1, Settlement.COMMITTED);
    signal(301, "another", TUESDAY_MSC, Settlement.COMMITTED);
    assertThat(remembered("t1")).isEqualTo(2);
    assertThat(remembered("t2")).isZero();
    assertThat(remembered("t3")).isEqualTo(1);
  }

  @Test
  void restore_snapshot_givesTheSameBytesAndKillSwitch() {
    signal(1, "t1", TUESDAY_MSC, Settlement.COMMITTED);
    signal(2, "Terminal-Ω", TUESDAY_MSC + 1, Settlement.COMMITTED);
    state.killSwitch().engage();
    TradingState restored = TradingState.restore(state.snapshot());
    assertThat(restored.snapshot()).isEqualTo(state.snapshot());
    assertThat(restored.ordinal()).isEqualTo(2);
    assertThat(restored.killSwitch().engaged()).isTrue();
    assertThat(TradingState.restore(new byte[0]).snapshot())
        .isEqualTo(new TradingState().snapshot());
  }

  @Test
  void restore_damagedBytes_isRefused() {
    signal(1, "t1", TUESDAY_MSC, Settlement.COMMITTED);
    byte[] good = state.snapshot();
    for (int length = 1; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> TradingState.restore(cut))
          .as("%d of %d bytes", length, good.length)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> TradingState.restore(Arrays.copyOf(good, good.length + 1)))
        .hasMessageContaining("bytes after its end");
    byte[] other = good.clone();
    other[0] = 2;
    assertThatThrownBy(() -> TradingState.restore(other)).hasMessageContaining("of version 2");
    byte[] crowded = good.clone();
    crowded[10] = 2;
    assertThatThrownBy(() -> TradingState.restore(crowded)).hasMessageContaining("terminals");
  }

  @Test
  void apply_signalWithoutFeatures_isRefused() {
    StoredBatch batch =
        StoredBatch.newBuilder()
            .setTerminal("t1")
            .setOrdinal(1)
            .setOutcome(
                TickResult.newBuilder()
                    .addSignals(
                        Signal.newBuilder().setId("x").setSymbol("EURUSD").setSide(Side.BUY)))
            .build();
    assertThatThrownBy(() -> state.apply(batch))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no features of EURUSD");
  }
}
