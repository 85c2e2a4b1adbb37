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

    private static final String[] NAMES = {
      "EURUSD", "EURUSD.m", "GBPUSDm", "BTCUSD", "USDJPY", "DOGE"
    };

    private final SplittableRandom random;
    private final SyntheticTicks source;
    private double level = 1;
    private long backMillis;

    Wild(long seed) {
      random = new SplittableRandom(seed);
      source = new SyntheticTicks(seed);
    }

    EnrichRequest next(long ordinal) {
      // Most goes to one symbol of one terminal, so that its state gets warm enough for every rule.
      String terminal = "t" + (random.nextInt(4) > 0 ? 0 : random.nextInt(5));
      // The market is calm first: jumps are told from moves by what was usual before.
      boolean calm = ordinal <= 6;
      if (!calm && random.nextInt(4) == 0) {
        level = random.nextBoolean() ? 1 : 1.5;
      }
      if (random.nextInt(8) == 0) {
        backMillis += 86_400_000L;
      }
      var ticks = new ArrayList<Tick>();
      int count = random.nextInt(1, 150);
      for (int i = 0; i < count; i++) {
        TickSlot slot = source.any();
        double factor = !calm && random.nextInt(20) == 0 ? 1.2 : level;
        slot.bid *= factor;
        slot.ask *= factor;
        slot.last *= factor;
        slot.timeMsc -= backMillis;
        String name = NAMES[random.nextInt(4) > 0 ? 0 : random.nextInt(NAMES.length)];
        Tick tick = tick(name, slot);
        ticks.add(random.nextInt(30) == 0 ? tick.toBuilder().setBid(-1).build() : tick);
        if (random.nextInt(20) == 0) {
          ticks.add(tick);
        }
      }
      return request(terminal, ordinal, ticks);
    }

    boolean coin() {
      return random.nextBoolean();
    }
  }
}
