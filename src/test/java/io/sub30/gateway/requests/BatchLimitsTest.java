package io.sub30.gateway.requests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class BatchLimitsTest {
  private static BatchReading read(Consumer<TickBatch.Builder> change) {
    TickBatch.Builder batch =
        TickBatch.newBuilder()
            .setTerminal("desk")
            .setSequence(1)
            .addTicks(Tick.newBuilder().setSymbol("EURUSD").setBid(Double.NaN));
    change.accept(batch);
    byte[] bytes = batch.build().toByteArray();
    return TickBatchProtobuf.read(bytes, 0, bytes.length);
  }

  private static void assertRefused(
      Consumer<TickBatch.Builder> change, BatchFault fault, String detail) {
    assertThat(read(change))
        .isInstanceOfSatisfying(
            BatchReading.Refusal.class,
            refusal -> {
              assertThat(refusal.fault()).isEqualTo(fault);
              assertThat(refusal.detail()).contains(detail);
            });
  }

  private static void assertAccepted(Consumer<TickBatch.Builder> change) {
    assertThat(read(change)).isInstanceOf(BatchReading.Read.class);
  }

  @Test
  void check_atTheLimits_accepts() {
    assertAccepted(batch -> batch.setTerminal("a".repeat(64)));
    assertAccepted(batch -> batch.setSequence(0));
    assertAccepted(batch -> batch.setServerUtcOffsetS(-86_400));
    assertAccepted(batch -> batch.addWant("signal").addWant("prediction"));
    assertAccepted(batch -> batch.getTicksBuilder(0).setSymbol("a".repeat(32)));
    assertAccepted(batch -> batch.getTicksBuilder(0).setSymbol(""));
    assertAccepted(batch -> fill(batch, 10_000));
  }

  @Test
  void check_beyondTheLimits_refusesByPlaceAndValue() {
    BatchFault limits = BatchFault.OUT_OF_LIMITS;
    assertRefused(batch -> batch.setTerminal(""), limits, "terminal is ''");
    assertRefused(batch -> batch.setTerminal("a".repeat(65)), limits, "terminal is 'aaa");
    assertRefused(batch -> batch.setTerminal("a/b"), limits, "terminal is 'a/b'");
    assertRefused(batch -> batch.setSequence(-1), limits, "sequence is '-1'");
    assertRefused(
        batch -> batch.setServerUtcOffsetS(86_401), limits, "server_utc_offset_s is '86401'");
    assertRefused(
        batch -> batch.setServerUtcOffsetS(Integer.MIN_VALUE), limits, "server_utc_offset_s");
    assertRefused(batch -> batch.addWant("all"), limits, "want[0] is 'all'");
    assertRefused(
        batch -> batch.addWant("signal").addWant("signal").addWant("signal"), limits, "want has 3");
    assertRefused(
        batch -> batch.getTicksBuilder(0).setSymbol("a".repeat(33)), limits, "ticks[0].symbol");
    assertRefused(
        batch -> batch.addTicks(Tick.newBuilder().setSymbol("A\u001b[2J")),
        limits,
        "ticks[1].symbol is 'A?[2J'");
    assertRefused(TickBatch.Builder::clearTicks, BatchFault.EMPTY, "ticks is empty");
    assertRefused(batch -> fill(batch, 10_001), BatchFault.TOO_MANY_TICKS, "10000");
  }

  @Test
  void read_notProtobuf_isRefused() {
    for (String text : new String[] {"{\"terminal\":1}", "\u0000", "\n\u00ff", "\n\u0005ab"}) {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      assertThat(TickBatchProtobuf.read(bytes, 0, bytes.length))
          .as(text)
          .isInstanceOfSatisfying(
              BatchReading.Refusal.class,
              refusal -> assertThat(refusal.fault()).isEqualTo(BatchFault.UNREADABLE));
    }
  }

  private static void fill(TickBatch.Builder batch, int ticks) {
    while (batch.getTicksCount() < ticks) {
      batch.addTicks(Tick.getDefaultInstance());
    }
  }
}
