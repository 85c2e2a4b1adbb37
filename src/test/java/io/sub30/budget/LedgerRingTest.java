package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LedgerRingTest {

  private static final int BRIDGE = 2;

  private final Plan plan = Plans.specified();
  private final LedgerLayout layout = new LedgerLayout(plan.size());
  private long now = Ledgers.EPOCH_MILLIS;
  private final LedgerRing ring = new LedgerRing(plan, () -> now++);
  private final List<RecordedLedger> drained = new ArrayList<>();

  @Test
  void drain_oneLedger_isTheSameInWholeMicroseconds() throws IOException {
    Ledger ledger = Ledger.open(plan, 5);
    ledger.book(BRIDGE, 100_999, 900_001, Outcome.DEGRADED);
    ledger.book(8, 0, 1, Outcome.FAILED);
    ledger.departed(3, 10);
    ledger.arrived(3, 2_010);
    ledger.close(2_000_999 + 5);

    assertThat(ring.offer(Tier.PRO, ledger, RequestOutcome.LATE)).isTrue();
    assertThat(ring.drain(this::keep)).isEqualTo(1);

    RecordedLedger read = drained.get(0);
    assertThat(read.tier()).isEqualTo(Tier.PRO);
    assertThat(read.outcome()).isEqualTo(RequestOutcome.LATE);
    assertThat(read.epochMillis()).isEqualTo(Ledgers.EPOCH_MILLIS);
    assertThat(read.totalMicros()).isEqualTo(2_000);
    assertThat(read.lines()).isEqualTo(9);
    assertThat(read.waitMicros(BRIDGE)).isEqualTo(100);
    assertThat(read.serviceMicros(BRIDGE)).isEqualTo(900);
    assertThat(read.spentMicros(BRIDGE)).isEqualTo(1_000);
    assertThat(read.outcome(BRIDGE)).isEqualTo(Outcome.DEGRADED);
    assertThat(read.outcome(8)).isEqualTo(Outcome.FAILED);
    assertThat(read.outcome(3)).isEqualTo(Outcome.LATE);
    assertThat(read.waitMicros(3)).isEqualTo(2);
    assertThat(read.outcome(4)).isEqualTo(Outcome.SKIPPED);
  }

  @Test
  void drain_timesBeyondAnInt_areKeptAtItsEnd() throws IOException {
    Ledger ledger = Ledger.open(plan, 0);
    ledger.book(0, Long.MAX_VALUE / 2, Long.MIN_VALUE / 2, Outcome.OK);
    ledger.close(Long.MAX_VALUE);

    ring.offer(Tier.FREE, ledger, RequestOutcome.OK);
    ring.drain(this::keep);

    assertThat(drained.get(0).totalMicros()).isEqualTo(Integer.MAX_VALUE);
    assertThat(drained.get(0).waitMicros(0)).isEqualTo(Integer.MAX_VALUE);
    assertThat(drained.get(0).serviceMicros(0)).isEqualTo(Integer.MIN_VALUE);
    assertThat(drained.get(0).spentMicros(0)).isEqualTo(-1);
  }

  @Test
  void offer_full_dropsAndCountsUntilThereIsRoom() throws IOException {
    for (int i = 0; i < LedgerRing.RECORDS; i++) {
      assertThat(offer(i)).isTrue();
    }
    assertThat(ring.dropped()).isZero();
    assertThat(offer(-1)).isFalse();
    assertThat(offer(-1)).isFalse();
    assertThat(ring.dropped()).isEqualTo(2);

    assertThat(ring.drain(this::keep)).isEqualTo(LedgerRing.RECORDS);
    assertThat(offer(LedgerRing.RECORDS)).isTrue();
    assertThat(ring.drain(this::keep)).isEqualTo(1);
    assertThat(ring.drain(this::keep)).isZero();

    assertThat(ring.dropped()).isEqualTo(2);
    assertThat(drained).hasSize(LedgerRing.RECORDS + 1);
    assertCountsUp();
  }

  @Test
  void drain_aroundTheEnd_keepsOrderAndLosesNothing() throws IOException {
    int offered = 0;
    for (int round = 0; round < 7; round++) {
      for (int i = 0; i < 3_000; i++) {
        assertThat(offer(offered++)).isTrue();
      }
      assertThat(ring.drain(this::keep)).isEqualTo(3_000);
    }

    assertThat(drained).hasSize(21_000);
    assertCountsUp();
  }

  @Test
  void drain_sinkFails_keepsWhatItHasNotTaken() throws IOException {
    for (int i = 0; i < 4_000; i++) {
      offer(i);
    }
    ring.drain(this::keep);
    for (int i = 4_000; i < 4_200; i++) {
      offer(i); // 96 up to the end, 104 from the beginning
    }

    assertThatThrownBy(
            () ->
                ring.drain(
                    records -> {
                      if (drained.size() > 4_000) {
                        throw new IOException("full");
                      }
                      keep(records);
                    }))
        .hasMessage("full");
    assertThat(drained).hasSize(4_096);
    assertThat(ring.drain(this::keep)).isEqualTo(104);

    assertThat(drained).hasSize(4_200);
    assertCountsUp();
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void offer_whileAnotherThreadDrains_everyRecordIsWholeOrCounted() throws Exception {
    int offers = 200_000;
    CompletableFuture<Integer> producer =
        CompletableFuture.supplyAsync(
            () -> {
              int taken = 0;
              for (int i = 0; i < offers; i++) {
                taken += offer(i) ? 1 : 0;
              }
              return taken;
            });
    while (!producer.isDone()) {
      ring.drain(this::keep);
    }
    ring.drain(this::keep);

    assertThat(drained).hasSize(producer.get());
    assertThat(drained.size() + ring.dropped()).isEqualTo(offers);
    int before = -1;
    for (RecordedLedger ledger : drained) {
      int i = ledger.totalMicros();
      assertThat(i).isGreaterThan(before);
      for (int line = 0; line < plan.size(); line++) {
        assertThat(ledger.serviceMicros(line)).isEqualTo(i);
      }
      before = i;
    }
  }

  @Test
  void offer_fullOrNot_allocatesNothing() {
    Ledger ledger = ledger(7);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    LedgerRing still = new LedgerRing(plan, () -> Ledgers.EPOCH_MILLIS);
    offerMany(still, ledger);
    threads.getThreadAllocatedBytes(thread); // the first call itself allocates

    LedgerRing fresh = new LedgerRing(plan, () -> Ledgers.EPOCH_MILLIS);
    long before = threads.getThreadAllocatedBytes(thread);
    offerMany(fresh, ledger);
    long perRecord = (threads.getThreadAllocatedBytes(thread) - before) / MANY;

    assertThat(fresh.dropped()).isEqualTo(MANY - LedgerRing.RECORDS);
    assertThat(perRecord).isZero();
  }

  private static final int MANY = 20_000;

  private static void offerMany(LedgerRing ring, Ledger ledger) {
    for (int i = 0; i < MANY; i++) {
      ring.offer(Tier.ENTERPRISE, ledger, RequestOutcome.OK);
    }
  }

  private boolean offer(int micros) {
    return ring.offer(Tier.FREE, ledger(micros), RequestOutcome.OK);
  }

  private Ledger ledger(int micros) {
    Ledger ledger = Ledger.open(plan, 0);
    for (int line = 0; line < plan.size(); line++) {
      ledger.book(line, 0, micros * 1_000L, Outcome.OK);
    }
    ledger.close(micros * 1_000L);
    return ledger;
  }

  private void keep(ByteBuffer records) {
    for (int at = 0; at < records.remaining(); at += layout.bytes()) {
      assertThat(layout.isRecord(records, at)).isTrue();
      drained.add(layout.get(records, at));
    }
  }

  private void assertCountsUp() {
    for (int i = 0; i < drained.size(); i++) {
      assertThat(drained.get(i).totalMicros()).isEqualTo(i);
    }
  }
}
