package io.sub30.node;

import io.sub30.client.Encoding;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.vertx.core.buffer.Buffer;

/** One made-up terminal: what it says who it is, and the next of its batches. Not thread-safe. */
final class Rehearser {

  private static final int TICKS = 20;

  final String token;
  private final long tickMillis;
  private long timeMillis;
  private long sequence = 1;

  /**
   * @param timeMillis epoch milliseconds of the tick before its first one
   * @param tickMillis from one tick to the next
   */
  Rehearser(String token, long timeMillis, long tickMillis) {
    this.token = token;
    this.timeMillis = timeMillis;
    this.tickMillis = tickMillis;
  }

  /** Its next ticks come no earlier than that. */
  void advanceTo(long epochMillis) {
    timeMillis = Math.max(timeMillis, epochMillis);
  }

  /** Its next batch, as the body of a request. */
  Buffer next(Encoding encoding) {
    return Buffer.buffer(encoding.write(batch()));
  }

  private TickBatch batch() {
    TickBatch.Builder batch =
        TickBatch.newBuilder().setTerminal("rehearsal").setSequence(sequence++);
    for (int i = 0; i < TICKS; i++) {
      timeMillis += tickMillis;
      double mid = 1.1 + 0.0005 * Math.sin(timeMillis / 60_000.0) + 0.00001 * (i % 3);
      batch.addTicks(
          Tick.newBuilder()
              .setSymbol("EURUSD")
              .setTimeMsc(timeMillis)
              .setBid(mid - 0.00005)
              .setAsk(mid + 0.00005)
              .setFlags(6));
    }
    return batch.build();
  }
}
