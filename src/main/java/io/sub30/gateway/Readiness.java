package io.sub30.gateway;

import io.sub30.budget.NanoClock;

/** Whether this process was last said to be ready, and lately. One thread. */
final class Readiness {

  /** It is said every second: several may be lost before nobody is believed to say it. */
  static final long MAX_AGE_NANOS = 5_000_000_000L;

  private final NanoClock clock;
  private boolean ready;
  private long heardNanos;

  Readiness(NanoClock clock) {
    this.clock = clock;
  }

  void heard(boolean now) {
    ready = now;
    heardNanos = clock.nanoTime();
  }

  boolean ready() {
    return ready && clock.nanoTime() - heardNanos <= MAX_AGE_NANOS;
  }
}
