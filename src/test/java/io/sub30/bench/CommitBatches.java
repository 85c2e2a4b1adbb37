package io.sub30.bench;

import com.google.protobuf.ByteString;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.StoreRequest;
import io.sub30.v1.TickColumns;
import io.sub30.v1.TickResult;

/** Batches of 20 ticks and one signal, as the database component is given them, for one cell. */
final class CommitBatches {

  private static final int TICKS = 20;

  private final long epoch;
  private final TickColumns ticks = ticks();

  /**
   * @param epoch of the cell, which must have been taken
   */
  CommitBatches(long epoch) {
    this.epoch = epoch;
  }

  StoreRequest request(long number) {
    return StoreRequest.newBuilder()
        .setTerminal("desk")
        .setSequence(number)
        .setOrdinal(number)
        .setEpoch(epoch)
        .setReceivedMsc(System.currentTimeMillis())
        .setContentHash(ByteString.copyFromUtf8("a hash of thirty-two bytes, here"))
        .setTicks(ticks)
        .setOutcome(
            TickResult.newBuilder()
                .addSignals(Signal.newBuilder().setId("s-" + number).setSide(Side.BUY)))
        .build();
  }

  private static TickColumns ticks() {
    TickColumns.Builder columns = TickColumns.newBuilder().addSymbols("EURUSD");
    for (int i = 0; i < TICKS; i++) {
      columns
          .addSymbol(0)
          .addIndex(i)
          .addTimeMsc(1_700_000_000_000L + i)
          .addBid(1.1)
          .addAsk(1.2)
          .addLast(0)
          .addVolume(0)
          .addFlags(6)
          .addQuality(0);
    }
    return columns.build();
  }
}
