package io.sub30.database.columnar;

import io.sub30.v1.TickColumns;
import java.util.List;

/** Batches for the tests of this package. */
final class Samples {

  static final String SOURCE = "7400000000000000001/16384";
  static final long MINUTE_MSC = 1_700_000_040_000L;

  private Samples() {}

  static TickColumns columns(int ticks, long fromMsc) {
    TickColumns.Builder columns =
        TickColumns.newBuilder().addSymbols("EURUSD").addBrokerSymbols("EURUSD.m");
    for (int i = 0; i < ticks; i++) {
      columns
          .addSymbol(0)
          .addIndex(i)
          .addTimeMsc(fromMsc + i * 1_000L)
          .addBid(1.1 + i * 0.001)
          .addAsk(1.2 + i * 0.001)
          .addLast(0)
          .addVolume(0)
          .addFlags(6)
          .addQuality(0);
    }
    return columns.build();
  }

  static Block.Batch batch(String tenant, String terminal, long sequence, int ticks) {
    return new Block.Batch(
        tenant, terminal, sequence, sequence, MINUTE_MSC, columns(ticks, MINUTE_MSC));
  }

  static Block block(long after, long upTo, Block.Batch... batches) {
    return new Block(SOURCE, at(after), at(upTo), List.of(batches), List.of());
  }

  /** Zero is the start; any other position has a transaction of its own. */
  static Watermark at(long position) {
    return position == 0 ? Watermark.START : new Watermark(1_000 + position, position);
  }
}
