package io.sub30.trading;

import static io.sub30.trading.Fixtures.STRATEGY;
import static io.sub30.trading.Fixtures.TUESDAY_MSC;
import static io.sub30.trading.Fixtures.eurusd;
import static io.sub30.trading.Fixtures.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.sub30.bus.FailureCode;
import io.sub30.bus.HopFailure;
import io.sub30.v1.DecideRequest;
import io.sub30.v1.Decision;
import io.sub30.v1.RestoreRequest;
import io.sub30.v1.SettleRequest;
import io.sub30.v1.Settlement;
import io.sub30.v1.Side;
import io.sub30.v1.StoredBatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CellsTest {

  private final Cells cells = new Cells(Fixtures.book(STRATEGY));

  private static DecideRequest batch(long ordinal) {
    return request(ordinal, eurusd(TUESDAY_MSC + ordinal * 1_000, 0.8)).build();
  }

  private ByteString settle(String tenant, long ordinal) {
    return cells
        .settle(
            tenant,
            SettleRequest.newBuilder()
                .setOrdinal(ordinal)
                .setSettlement(Settlement.COMMITTED)
                .setCheckpoint(true)
                .build())
        .getState();
  }

  private StoredBatch live(String tenant, long ordinal) {
    Decision decision = cells.decide(tenant, batch(ordinal), false);
    settle(tenant, ordinal);
    return Fixtures.stored(batch(ordinal), decision);
  }

  private static void refused(FailureCode code, String why, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(HopFailure.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(why);
  }

  @Test
  void decide_tenants_areApart() {
    assertThat(cells.decide("a", batch(1), false).getSignals(0).getSide()).isEqualTo(Side.BUY);
    settle("a", 1);
    assertThat(cells.decide("a", batch(2), false).getSignals(0).getReasonsList())
        .containsExactly("cooldown");
    assertThat(cells.decide("b", batch(1), false).getSignals(0).getSide()).isEqualTo(Side.BUY);
  }

  @Test
  void decide_laterBatchWithoutState_isRefusedUnlessARehearsal() {
    refused(
        FailureCode.UNAVAILABLE,
        "tenant a at trading_engine: batch 2 was sent before the state was restored",
        () -> cells.decide("a", batch(2), false));
    assertThat(cells.decide("warmup", batch(2), true).getSignalsCount()).isEqualTo(1);
  }

  @Test
  void decide_otherBatchOpen_isRefusedAndChangesNothing() {
    cells.decide("a", batch(1), false);
    refused(
        FailureCode.INVALID, "while 1 is not settled", () -> cells.decide("a", batch(2), false));
    ByteString state = settle("a", 1);
    assertThat(TradingState.restore(state.toByteArray()).ordinal()).isEqualTo(1);
  }

  @Test
  void settle_unknownTenantOrNoSettlement_isRefused() {
    refused(FailureCode.UNAVAILABLE, "no state of it here", () -> settle("a", 1));
    cells.decide("a", batch(1), false);
    refused(
        FailureCode.INVALID,
        "must be settled as COMMITTED or ABORTED",
        () -> cells.settle("a", SettleRequest.newBuilder().setOrdinal(1).build()));
  }

  @Test
  void settle_noCheckpointAsked_repliesWithoutState() {
    cells.decide("a", batch(1), false);
    SettleRequest settle =
        SettleRequest.newBuilder().setOrdinal(1).setSettlement(Settlement.ABORTED).build();
    assertThat(cells.settle("a", settle).getState().isEmpty()).isTrue();
  }

  @Test
  void restore_checkpointAndPages_leadToTheLiveState() {
    live("a", 1);
    cells.decide("a", batch(2), false);
    ByteString checkpoint = settle("a", 2);
    StoredBatch third = live("a", 3);
    StoredBatch fourth = live("a", 4);
    cells.decide("a", batch(5), false);
    ByteString state = settle("a", 5);
    StoredBatch fifth = Fixtures.stored(batch(5), Decision.getDefaultInstance());

    cells.forget("a");
    cells.restore(
        "a",
        RestoreRequest.newBuilder().setState(checkpoint).setOrdinal(2).addBatches(third).build());
    refused(FailureCode.UNAVAILABLE, "restored", () -> cells.decide("a", batch(6), false));
    cells.restore("a", RestoreRequest.newBuilder().addBatches(fourth).build());
    cells.restore("a", RestoreRequest.newBuilder().addBatches(fifth).setLast(true).build());
    cells.decide("a", batch(6), false);
    cells.settle(
        "a", SettleRequest.newBuilder().setOrdinal(6).setSettlement(Settlement.ABORTED).build());
    assertThat(settle("a", 5)).isEqualTo(state);
  }

  @Test
  void restore_begunAgain_startsOver() {
    StoredBatch first = live("a", 1);
    ByteString state = settle("a", 1);
    RestoreRequest page = RestoreRequest.newBuilder().addBatches(first).build();
    cells.restore("a", page);
    cells.restore("a", page.toBuilder().setLast(true).build());
    assertThat(settle("a", 1)).isEqualTo(state);
  }

  @Test
  void restore_nothing_isAnEmptyState() {
    cells.restore("a", RestoreRequest.newBuilder().setLast(true).build());
    assertThat(settle("a", 1)).isEqualTo(settle("a", 1));
    assertThat(cells.decide("a", batch(2), false).getSignals(0).getSide()).isEqualTo(Side.BUY);
  }

  @Test
  void restore_damagedState_isRefusedAndNothingServed() {
    RestoreRequest damaged =
        RestoreRequest.newBuilder()
            .setState(ByteString.copyFrom(new byte[] {9, 9}))
            .setLast(true)
            .build();
    refused(FailureCode.INVALID, "of version 9", () -> cells.restore("a", damaged));
    refused(FailureCode.UNAVAILABLE, "restored", () -> cells.decide("a", batch(2), false));
  }

  @Test
  void decide_tooManyTenants_isRefusedUntilOneIsForgotten() {
    DecideRequest first = request(1).build();
    for (int i = 0; i < Cells.MAX_TENANTS; i++) {
      cells.decide("tenant" + i, first, false);
    }
    refused(FailureCode.OVERLOADED, "10000 tenants", () -> cells.decide("more", first, false));
    cells.forget("tenant7");
    assertThat(cells.decide("more", first, false).getSignalsCount()).isZero();
  }
}
