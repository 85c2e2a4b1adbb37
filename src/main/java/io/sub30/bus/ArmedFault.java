package io.sub30.bus;

import io.sub30.config.FaultSpec;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A fault with the random numbers that decide whom it meets. What becomes of the n-th call is a
 * function of the seed and n alone, so that a drill can be repeated; which call of several lanes is
 * the n-th is not. Thread-safe.
 *
 * <p>The numbers are those of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
 * number generators", 2014), three a call. They are counted rather than drawn from a generator, so
 * that lanes share them without a lock.
 */
final class ArmedFault {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final int NUMBERS_A_CALL = 3;

  private final FaultSpec spec;
  private final long seed;
  private final AtomicLong calls = new AtomicLong();

  ArmedFault(FaultSpec spec, long seed) {
    this.spec = spec;
    this.seed = seed;
  }

  /**
   * What becomes of one call.
   *
   * @param delayNanos by which it is late, 0 or more
   * @param fails it is not served
   */
  record Verdict(long delayNanos, boolean fails) {
    private static final Verdict SPARED = new Verdict(0, false);
  }

  FaultSpec spec() {
    return spec;
  }

  /** What becomes of the next call. */
  Verdict next() {
    long first = calls.getAndIncrement() * NUMBERS_A_CALL;
    if (number(first) >= spec.share()) {
      return Verdict.SPARED;
    }
    long delayNanos = spec.distribution().delayNanos(spec.delay().toNanos(), number(first + 1));
    return new Verdict(delayNanos, number(first + 2) < spec.fail());
  }

  /** The n-th number, from 0 inclusive to 1 exclusive. */
  private double number(long n) {
    long z = seed + (n + 1) * GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    z ^= z >>> 31;
    return (z >>> 11) * 0x1.0p-53;
  }
}
