package io.sub30.databridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.sub30.bus.FailureCode;
import io.sub30.bus.HopFailure;
import io.sub30.config.DataBridgeConfig;
import io.sub30.market.SymbolsTest;
import io.sub30.market.SyntheticTicks;
import io.sub30.v1.EnrichRequest;
import io.sub30.v1.RestoreRequest;
import io.sub30.v1.SettleRequest;
import io.sub30.v1.Settlement;
import io.sub30.v1.StoredBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CellsTest {

  private static final DataBridgeConfig TWO_TENANTS = new DataBridgeConfig(2, 4, 4, 60_000, 0, 5);

  private final Cells cells = new Cells(SymbolsTest.shipped(), TWO_TENANTS);

  private static EnrichRequest request(long ordinal) {
    long time = SyntheticTicks.START_MSC + ordinal * 60_000;
    return Requests.request(ordinal, List.of(Requests.quote("EURUSD", time, 1.1, 1.2)));
  }

  private static SettleRequest settle(long ordinal, Settlement settlement, boolean checkpoint) {
    return SettleRequest.newBuilder()
        .setOrdinal(ordinal)
        .setSettlement(settlement)
        .setCheckpoint(checkpoint)
        .build();
  }

  /** Commits one batch; what would be stored comes back. */
  private StoredBatch commit(String tenant, long ordinal) {
    EnrichRun run = cells.begin(tenant, request(ordinal), false);
    run.advance(100);
    StoredBatch stored = Requests.stored(request(ordinal), run.result());
    cells.settle(tenant, settle(ordinal, Settlement.COMMITTED, false));
    return stored;
  }

  private byte[] state(String tenant) {
    return Objects.requireNonNull(cells.serving(tenant)).snapshot();
  }

  private void restore(String tenant, RestoreRequest.Builder page) {
    RestoreRun run = cells.beginRestore(tenant, page.build());
    while (!cells.advance(tenant, run, 1)) {
      assertThat(cells.serving(tenant)).isNull();
    }
  }

  private static void assertFails(FailureCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            HopFailure.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }

  @Test
  void begin_unknownTenant_isNewOnlyWithItsFirstBatch() {
    assertFails(FailureCode.UNAVAILABLE, () -> cells.begin("acme", request(2), false));
    cells.begin("acme", request(1), false);
    cells.begin("rehearsal", request(7), true);
  }

  @Test
  void begin_whileOneIsTentative_isInvalid() {
    cells.begin("acme", request(1), false);
    assertFails(FailureCode.INVALID, () -> cells.begin("acme", request(2), false));
  }

  @Test
  void begin_tenantBeyondTheBound_isOverloadedUntilOneIsForgotten() {
    commit("a", 1);
    commit("b", 1);
    assertFails(FailureCode.OVERLOADED, () -> cells.begin("c", request(1), false));
    cells.forget("a");
    commit("c", 1);
  }

  @Test
  void settle_checkpoint_repliesWithTheStateAfterIt() {
    cells.begin("acme", request(1), false).advance(100);
    Cells.Settled settled = cells.settle("acme", settle(1, Settlement.COMMITTED, true));
    assertThat(settled.reply().getState().toByteArray()).isNotEmpty().isEqualTo(state("acme"));
  }

  @Test
  void settle_noState_ignoresAnAbortAndRefusesACommit() {
    assertThat(cells.settle("acme", settle(1, Settlement.ABORTED, false)).bars()).isEmpty();
    assertFails(
        FailureCode.UNAVAILABLE,
        () -> cells.settle("acme", settle(1, Settlement.COMMITTED, false)));
  }

  @Test
  void tenants_areApart() {
    commit("a", 1);
    byte[] before = state("a");
    commit("b", 1);
    commit("b", 2);
    assertThat(state("a")).isEqualTo(before);
  }

  @Test
  void restore_pages_rebuildsTheStateThatLived() {
    var stored = new ArrayList<StoredBatch>();
    for (int ordinal = 1; ordinal <= 9; ordinal++) {
      stored.add(commit("acme", ordinal));
    }
    byte[] lived = state("acme");
    cells.forget("acme");
    restore("acme", RestoreRequest.newBuilder().addAllBatches(stored.subList(0, 4)));
    assertFails(FailureCode.UNAVAILABLE, () -> cells.begin("acme", request(10), false));
    restore("acme", RestoreRequest.newBuilder().addAllBatches(stored.subList(4, 9)));
    restore("acme", RestoreRequest.newBuilder().setLast(true));
    assertThat(state("acme")).isEqualTo(lived);
    commit("acme", 10);
  }

  @Test
  void restore_begunAgain_doesNotAddToWhatWasThere() {
    StoredBatch first = commit("acme", 1);
    byte[] checkpoint = state("acme");
    StoredBatch second = commit("acme", 2);
    byte[] lived = state("acme");
    restore("acme", RestoreRequest.newBuilder().addBatches(first).addBatches(second));
    restore("acme", RestoreRequest.newBuilder().addBatches(first).addBatches(second).setLast(true));
    assertThat(state("acme")).isEqualTo(lived);
    RestoreRequest.Builder fromCheckpoint =
        RestoreRequest.newBuilder()
            .setState(ByteString.copyFrom(checkpoint))
            .setOrdinal(1)
            .addBatches(second);
    restore("acme", fromCheckpoint.setLast(true));
    assertThat(state("acme")).isEqualTo(lived);
  }

  @Test
  void restore_damaged_isInvalidAndGivenUp() {
    commit("acme", 1);
    byte[] before = state("acme");
    RestoreRequest damaged =
        RestoreRequest.newBuilder().setState(ByteString.copyFromUtf8("no state")).build();
    assertFails(FailureCode.INVALID, () -> cells.beginRestore("acme", damaged));
    assertThat(state("acme")).as("what is served stays").isEqualTo(before);

    StoredBatch twice = StoredBatch.newBuilder().setOrdinal(3).build();
    RestoreRequest page = RestoreRequest.newBuilder().addBatches(twice).addBatches(twice).build();
    RestoreRun run = cells.beginRestore("acme", page);
    assertFails(FailureCode.INVALID, () -> cells.advance("acme", run, 100));
    assertFails(FailureCode.INVALID, () -> cells.advance("acme", run, 100));
  }
}
