package io.sub30.gateway.requests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.client.TickBlocks;
import io.sub30.client.TickFiles;
import io.sub30.client.TickSupply;
import io.sub30.gateway.text.Refused;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickBlock;
import io.sub30.v1.TickColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Ticks by columns, from the client's writer to the gateway's reader. */
class TickBlockTest {
  private final ContentHash hash = new ContentHash();

  @Property(tries = 300)
  void expand_anyTicks_isTheSameBatchAndHash(@ForAll("batches") TickBatch batch) throws Exception {
    assertRoundTrip(batch);
  }

  @Property(tries = 300)
  void expand_pricesOfAMarket_isTheSameBatchAndHash(@ForAll("quotes") List<Tick> ticks)
      throws Exception {
    assertRoundTrip(batch(ticks));
    // Prices that are written down are decimals: none of them goes bit by bit.
    TickBlock block = TickBlocks.of(ticks).orElseThrow();
    assertThat(block.getBid().getExactCount() + block.getAsk().getExactCount()).isZero();
  }

  @Test
  void expand_numbersWithoutAShortDecimal_areTheSameBits() throws Exception {
    double[] values = {
      0.0,
      -0.0,
      Double.NaN,
      Double.longBitsToDouble(0x7ff0_0000_0000_0001L),
      Double.POSITIVE_INFINITY,
      Double.MIN_VALUE,
      -Double.MAX_VALUE,
      0.1 + 0.2,
      1.0 / 3,
      0x1p53,
      0x1p53 + 2,
      9_007_199_254.740993,
      1e-10,
      1e-11
    };
    for (double value : values) {
      assertRoundTrip(batch(List.of(trade("A", 1, 2), trade("A", 2, value), trade("A", 3, 0.25))));
    }
  }

  @Test
  void expand_realTrades_areTheSameBits() throws Exception {
    List<Tick> ticks = new ArrayList<>();
    try (TickSupply.Ticks trades = TickFiles.sample().open()) {
      for (Tick tick = trades.next(); tick != null; tick = trades.next()) {
        ticks.add(tick);
        if (ticks.size() == 1_000) {
          TickBatch batch = batch(ticks);
          assertRoundTrip(batch);
          assertThat(blocked(batch).getSerializedSize())
              .isLessThan(batch.getSerializedSize() * 2 / 5);
          ticks.clear();
        }
      }
    }
  }

  @Test
  void of_whatABlockCannotHold_isNone() {
    List<Tick> symbols = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      symbols.add(trade("S" + i, i, 1));
    }
    assertThat(TickBlocks.of(symbols)).isPresent();
    symbols.add(trade("one more", 0, 1));
    assertThat(TickBlocks.of(symbols)).isEmpty();

    assertThat(TickBlocks.of(List.of(trade("A", -1, 1), trade("A", Long.MAX_VALUE, 1)))).isEmpty();
    assertThat(TickBlocks.of(List.of(trade("A", 0, 1), trade("A", Long.MAX_VALUE, 1)))).isPresent();
  }

  @Test
  void read_aBlockOfTheMostBytes_isWithinTheBound() {
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i < BatchLimits.MAX_TICKS; i++) {
      double far = (i >> 8) % 2 == 0 ? 9e15 : -9e15;
      ticks.add(
          Tick.newBuilder()
              .setSymbol("\uffff".repeat(31) + (char) (0x4000 + i % 256))
              .setTimeMsc(i % 2 == 0 ? 1L << 62 : -(1L << 61))
              .setBid(far)
              .setAsk(far)
              .setLast(far)
              .setVolume(far)
              .setFlags(~i)
              .build());
    }
    TickBlock block = TickBlocks.of(ticks).orElseThrow();
    assertThat(block.getSerializedSize()).isBetween(450_000, TickBlockReader.MAX_BYTES);
    assertThat(read(batch(block))).isInstanceOf(BatchReading.Read.class);
  }

  @Test
  void read_tooManyTicks_isRefusedBeforeOneIsMade() {
    TickBlock.Builder most = block(BatchLimits.MAX_TICKS);
    assertThat(read(batch(most.build()))).isInstanceOf(BatchReading.Read.class);

    assertRefused(
        batch(block(BatchLimits.MAX_TICKS + 1).build()), BatchFault.TOO_MANY_TICKS, "10000");
    assertRefused(
        batch(block(TickBlockReader.MAX_BYTES).build()), BatchFault.TOO_MANY_TICKS, "589824 bytes");
  }

  @Test
  void read_twoBlocksThatAreTogetherTooLarge_isRefused() {
    byte[] half = batch(block(TickBlockReader.MAX_BYTES / 2).build()).toByteArray();
    byte[] both = new byte[2 * half.length];
    System.arraycopy(half, 0, both, 0, half.length);
    System.arraycopy(half, 0, both, half.length, half.length);

    assertThat(TickBatchProtobuf.read(both, 0, both.length))
        .isInstanceOfSatisfying(
            BatchReading.Refusal.class,
            refusal -> assertThat(refusal.detail()).contains("more than 589824 bytes"));
  }

  @Test
  void read_partsThatDoNotFit_areRefusedByPlaceAndValue() {
    refused(b -> b.setSymbolRuns(1, -1), "block.symbol_runs has runs of 4294967295 ticks");
    refused(b -> b.setSymbolRuns(1, 3), "block.symbol_runs has runs of 3 ticks");
    refused(b -> b.setSymbolRuns(1, 0), "block.symbol_runs[1] has a count of 0");
    refused(b -> b.setSymbolRuns(0, 1), "block.symbol_runs[0] has the value 1");
    refused(b -> b.setSymbolRuns(0, -1), "block.symbol_runs[0] has the value 4294967295");
    refused(b -> b.addSymbolRuns(0), "block.symbol_runs has 3 entries");
    refused(TickBlock.Builder::clearSymbols, "block.symbol_runs[0] has the value 0");
    refused(TickBlock.Builder::clearFlagRuns, "block.flag_runs has runs of 0 ticks");
    refused(b -> b.setPresenceRuns(0, 16), "block.presence_runs[0] has the value 16");
    refused(b -> b.setPresenceRuns(0, 3), "block.ask has 0 values; it must have 2");
    refused(b -> b.getBidBuilder().addPointSteps(1), "block.bid has 3 values; it must have 2");
    refused(b -> b.getBidBuilder().addExact(1), "block.bid has both");
    refused(b -> b.getBidBuilder().setDecimals(11), "block.bid.decimals has 11");
    refused(b -> b.getBidBuilder().setDecimals(-1), "block.bid.decimals has 4294967295");
    refused(
        b -> b.getBidBuilder().setPointSteps(0, 1L << 53),
        "block.bid.point_steps[0] has 0 and a step of 9007199254740992");
    refused(b -> b.getBidBuilder().setPointSteps(1, Long.MIN_VALUE), "block.bid.point_steps[1]");
    refused(
        b -> b.setTimeMscSteps(0, Long.MAX_VALUE).setTimeMscSteps(1, 1), "block.time_msc_steps[1]");
    refused(b -> b.setAsk(TickColumn.newBuilder().addPointSteps(1)), "block.ask has 1 values");
    TickBlock.Builder symbols = block(2);
    for (int i = 1; i < 257; i++) {
      symbols.addSymbols("S");
    }
    assertRefused(batch(symbols.build()), BatchFault.OUT_OF_LIMITS, "block.symbols has 257");

    TickBatch both = batch(block(2).build()).toBuilder().addTicks(trade("A", 1, 1)).build();
    assertRefused(both, BatchFault.OUT_OF_LIMITS, "both ticks and block");
    assertRefused(batch(TickBlock.getDefaultInstance()), BatchFault.EMPTY, "ticks is empty");
  }

  /** Whatever the bytes are, there is an answer, and never more ticks than are allowed. */
  @Property(tries = 2_000)
  void read_spoiltBytes_isAnAnswer(@ForAll("spoilt") byte[] bytes) {
    BatchReading reading = TickBatchProtobuf.read(bytes, 0, bytes.length);

    if (reading instanceof BatchReading.Read read) {
      assertThat(read.batch().getTicksCount()).isBetween(1, BatchLimits.MAX_TICKS);
      assertThat(read.batch().hasBlock()).isFalse();
    } else {
      assertThat(((BatchReading.Refusal) reading).detail()).isNotBlank();
    }
  }

  @Provide
  Arbitrary<TickBatch> batches() {
    return Batches.any();
  }

  @Provide
  Arbitrary<List<Tick>> quotes() {
    Arbitrary<Double> prices =
        Arbitraries.integers()
            .between(0, 2_000_000)
            .flatMap(
                points ->
                    Arbitraries.of(1, 100, 1_000, 100_000).map(unit -> points / (double) unit));
    return Combinators.combine(
            Arbitraries.of("EURUSD", "USDJPY.m", "BTCUSD"),
            Arbitraries.longs().between(1_400_000_000_000L, 1_800_000_000_000L),
            prices,
            prices,
            Arbitraries.of(2, 4, 6, 1_030))
        .as(
            (symbol, time, bid, ask, flags) ->
                Tick.newBuilder()
                    .setSymbol(symbol)
                    .setTimeMsc(time)
                    .setBid(bid)
                    .setAsk(ask)
                    .setFlags(flags)
                    .build())
        .list()
        .ofMinSize(1)
        .ofMaxSize(40);
  }

  @Provide
  Arbitrary<byte[]> spoilt() {
    Arbitrary<byte[]> good = quotes().map(ticks -> blocked(batch(ticks)).toByteArray());
    return Combinators.combine(
            good,
            Arbitraries.integers().between(0, 1 << 16),
            Arbitraries.bytes().list().ofMinSize(1).ofMaxSize(9))
        .as(
            (bytes, at, noise) -> {
              for (int i = 0; i < noise.size(); i++) {
                bytes[(at + i) % bytes.length] = noise.get(i);
              }
              return bytes;
            });
  }

  private void assertRoundTrip(TickBatch batch) throws InvalidProtocolBufferException {
    TickBatch sent = TickBatch.parseFrom(blocked(batch).toByteArray());
    TickBatch got = expanded(sent);

    // Compared as bytes, since a NaN equals no other.
    assertThat(got.toByteString()).isEqualTo(batch.toByteString());
    assertThat(hash.of(got)).isEqualTo(hash.of(batch));
  }

  private static TickBatch expanded(TickBatch sent) {
    try {
      return TickBlockReader.expand(sent);
    } catch (Refused e) {
      throw new AssertionError(e.detail(), e);
    }
  }

  /** As the client sends it. */
  private static TickBatch blocked(TickBatch batch) {
    return TickBlocks.of(batch.getTicksList())
        .map(block -> batch.toBuilder().clearTicks().setBlock(block).build())
        .orElse(batch);
  }

  private static TickBatch batch(List<Tick> ticks) {
    return TickBatch.newBuilder().setTerminal("desk").setSequence(1).addAllTicks(ticks).build();
  }

  private static TickBatch batch(TickBlock block) {
    return TickBatch.newBuilder().setTerminal("desk").setSequence(1).setBlock(block).build();
  }

  /** So many bids of 1. */
  private static TickBlock.Builder block(int ticks) {
    TickBlock.Builder block =
        TickBlock.newBuilder()
            .addSymbols("A")
            .addSymbolRuns(0)
            .addSymbolRuns(ticks)
            .addFlagRuns(0)
            .addFlagRuns(ticks)
            .addPresenceRuns(1)
            .addPresenceRuns(ticks);
    for (int i = 0; i < ticks; i++) {
      block.addTimeMscSteps(1);
      block.getBidBuilder().addPointSteps(i == 0 ? 1 : 0);
    }
    return block;
  }

  private static Tick trade(String symbol, long time, double last) {
    return Tick.newBuilder().setSymbol(symbol).setTimeMsc(time).setLast(last).build();
  }

  private static BatchReading read(TickBatch batch) {
    byte[] bytes = batch.toByteArray();
    return TickBatchProtobuf.read(bytes, 0, bytes.length);
  }

  private static void refused(Consumer<TickBlock.Builder> change, String detail) {
    TickBlock.Builder block = block(2);
    change.accept(block);
    assertRefused(batch(block.build()), BatchFault.OUT_OF_LIMITS, detail);
  }

  private static void assertRefused(TickBatch batch, BatchFault fault, String detail) {
    assertThat(read(batch))
        .isInstanceOfSatisfying(
            BatchReading.Refusal.class,
            refusal -> {
              assertThat(refusal.detail()).contains(detail);
              assertThat(refusal.fault()).isEqualTo(fault);
            });
  }
}
