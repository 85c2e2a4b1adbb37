package io.sub30.databridge;

import io.sub30.market.SyntheticTicks;
import io.sub30.market.TickSlot;
import io.sub30.v1.EnrichRequest;
import io.sub30.v1.Enrichment;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Requests for tests. */
final class Requests {

  static final long NOW = SyntheticTicks.START_MSC + 365L * 86_400_000;

  private Requests() {}

  static Tick tick(String symbol, TickSlot slot) {
    Tick.Builder tick =
        Tick.newBuilder().setSymbol(symbol).setTimeMsc(slot.timeMsc).setFlags(slot.flags);
    if (slot.bid != 0) {
      tick.setBid(slot.bid);
    }
    if (slot.ask != 0) {
      tick.setAsk(slot.ask);
    }
    if (slot.last != 0) {
      tick.setLast(slot.last).setVolume(slot.volume);
    }
    return tick.build();
  }

  static Tick quote(String symbol, long timeMsc, double bid, double ask) {
    return Tick.newBuilder()
        .setSymbol(symbol)
        .setTimeMsc(timeMsc)
        .setBid(bid)
        .setAsk(ask)
        .setFlags(6)
        .build();
  }

  static EnrichRequest request(long ordinal, List<Tick> ticks) {
    return request("t1", ordinal, ticks);
  }

  static EnrichRequest request(String terminal, long ordinal, List<Tick> ticks) {
    return EnrichRequest.newBuilder()
        .setBatch(
            TickBatch.newBuilder().setTerminal(terminal).setSequence(ordinal).addAllTicks(ticks))
        .setReceivedMsc(NOW)
        .setOrdinal(ordinal)
        .build();
  }

  static StoredBatch stored(EnrichRequest request, Enrichment enrichment) {
    return StoredBatch.newBuilder()
        .setTerminal(request.getBatch().getTerminal())
        .setOrdinal(request.getOrdinal())
        .setReceivedMsc(request.getReceivedMsc())
        .setTicks(enrichment.getTicks())
        .addAllSymbols(enrichment.getSymbolsList())
        .build();
  }

  /**
   * Batches of everything that can come: several terminals and symbols, bad ticks, jumps that
   * persist or not.
   */
  static final class Wild {

    private static final String[] NAMES = {"EURUSD", "EURUSD.m", "GBPUSDm", "BTCUSD", "DOGE"};

    private final SplittableRandom random;
    private final SyntheticTicks source;

    Wild(long seed) {
      random = new SplittableRandom(seed);
      source = new SyntheticTicks(seed);
    }

    EnrichRequest next(long ordinal) {
      var ticks = new ArrayList<Tick>();
      int count = random.nextInt(1, 60);
      double level = random.nextInt(4) == 0 ? 1.5 : 1;
      long back = random.nextInt(12) == 0 ? 86_400_000L : 0;
      for (int i = 0; i < count; i++) {
        TickSlot slot = source.any();
        double factor = random.nextInt(3) == 0 ? level : 1;
        slot.bid *= factor;
        slot.ask *= factor;
        slot.last *= factor;
        slot.timeMsc -= back;
        Tick tick = tick(NAMES[Math.min(random.nextInt(12), 4) % NAMES.length], slot);
        ticks.add(random.nextInt(15) == 0 ? tick.toBuilder().setBid(-1).build() : tick);
        if (random.nextInt(10) == 0) {
          ticks.add(tick);
        }
      }
      return request("t" + random.nextInt(4), ordinal, ticks);
    }

    boolean coin() {
      return random.nextBoolean();
    }
  }
}
