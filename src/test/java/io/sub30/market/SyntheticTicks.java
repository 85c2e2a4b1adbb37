package io.sub30.market;

import java.util.SplittableRandom;

/**
 * Seeded random quotes: a walk with bursts in one millisecond, silences, one-sided quotes, trades
 * and stragglers.
 */
public final class SyntheticTicks {

  public static final long START_MSC = 1_399_507_200_000L; // 2014-05-08 00:00 UTC

  private final SplittableRandom random;
  private final TickSlot tick = new TickSlot();
  private long timeMsc = START_MSC;
  private double mid = 1.39;

  public SyntheticTicks(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The next well-formed two-sided quote, in order of time. */
  public TickSlot quote() {
    tick.clear();
    int dice = random.nextInt(100);
    timeMsc +=
        dice < 20 ? 0 : dice < 98 ? random.nextInt(1, 9_000) : random.nextInt(60_001, 500_000);
    mid *= 1 + (random.nextDouble() - 0.5) * 2e-4;
    double half = random.nextInt(0, 8) * 1e-5;
    tick.timeMsc = timeMsc;
    tick.bid = mid - half;
    tick.ask = mid + half;
    tick.flags = TickSlot.BID | TickSlot.ASK;
    return tick;
  }

  /** Any tick a source may come up with. */
  public TickSlot any() {
    quote();
    switch (random.nextInt(10)) {
      case 0 -> tick.bid = 0;
      case 1 -> tick.ask = 0;
      case 2 -> {
        tick.last = mid;
        tick.volume = random.nextDouble();
        tick.bid = 0;
        tick.ask = 0;
      }
      case 3 -> tick.timeMsc -= random.nextInt(1, 20_000);
      default -> {}
    }
    return tick;
  }

  /** Completes and applies {@code count} ticks of {@link #any}. */
  public void feed(SymbolState state, int count) {
    for (int i = 0; i < count; i++) {
      any();
      if (state.complete(tick, 1e-4)) {
        state.apply(tick);
      }
    }
  }
}
