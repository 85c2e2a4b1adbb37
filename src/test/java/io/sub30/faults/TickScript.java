package io.sub30.faults;

import io.sub30.client.TickFiles;
import io.sub30.client.TickSupply;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import java.io.IOException;
import java.util.Random;

/**
 * What one terminal sends: real trades of BTCUSD between quotes of EURUSD that wander at random,
 * now and then a tick that must be rejected. The same seed gives the same batches.
 */
final class TickScript implements AutoCloseable {

  private static final int LEAST_TICKS = 20;
  private static final int MORE_TICKS = 41;
  private static final double BAD_SHARE = 0.08;
  private static final double HALF_SPREAD = 0.00006;

  private final String terminal;
  private final Random random;
  private final TickSupply.Ticks trades;
  private double mid = 1.35;
  private long quoteMsc = 1_385_337_600_000L; // where the trades begin, 2013-11-25

  TickScript(String terminal, Random random) throws IOException {
    this.terminal = terminal;
    this.random = random;
    this.trades = TickFiles.sample().open();
  }

  /** The next batch, with at least one good tick. */
  TickBatch next(long sequence) throws IOException {
    TickBatch.Builder batch = empty(sequence).addTicks(quote());
    int count = LEAST_TICKS + random.nextInt(MORE_TICKS);
    for (int i = 1; i < count; i++) {
      Tick tick = random.nextBoolean() ? quote() : trade();
      batch.addTicks(random.nextDouble() < BAD_SHARE ? spoilt(tick) : tick);
    }
    return batch.build();
  }

  /** A batch in which nothing is right. */
  TickBatch bad(long sequence) {
    TickBatch.Builder batch = empty(sequence);
    for (int i = 0; i < LEAST_TICKS; i++) {
      batch.addTicks(quote().toBuilder().setBid(-1));
    }
    return batch.build();
  }

  /** The same batch with one price changed. */
  static TickBatch altered(TickBatch batch) {
    TickBatch.Builder other = batch.toBuilder();
    Tick.Builder first = other.getTicksBuilder(0);
    first.setBid(first.getBid() - HALF_SPREAD);
    return other.build();
  }

  private TickBatch.Builder empty(long sequence) {
    return TickBatch.newBuilder().setTerminal(terminal).setSequence(sequence);
  }

  private Tick quote() {
    quoteMsc += random.nextInt(90_000);
    mid *= 1 + 0.00008 * random.nextGaussian();
    return Tick.newBuilder()
        .setSymbol("EURUSD")
        .setTimeMsc(quoteMsc)
        .setBid(mid - HALF_SPREAD)
        .setAsk(mid + HALF_SPREAD)
        .setFlags(6)
        .build();
  }

  private Tick trade() throws IOException {
    Tick tick = trades.next();
    if (tick == null) {
      throw new IllegalStateException("the trades are used up");
    }
    return tick;
  }

  private Tick spoilt(Tick tick) {
    Tick.Builder bad = tick.toBuilder();
    return switch (random.nextInt(5)) {
      case 0 -> bad.setBid(Double.NaN).build();
      case 1 -> bad.setBid(2 * mid).setAsk(mid).build(); // crossed
      case 2 -> bad.setSymbol("NOSUCH").build();
      case 3 -> bad.setBid(-tick.getBid() - 1).build();
      default -> // a jump, which is quarantined until it persists
          bad.setSymbol("EURUSD").setBid(3 * mid).setAsk(3 * mid + 2 * HALF_SPREAD).build();
    };
  }

  @Override
  public void close() throws IOException {
    trades.close();
  }
}
