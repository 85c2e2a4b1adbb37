package io.sub30.budget;

import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is told to go on. Thread-safe. */
public final class FakeNanoClock implements NanoClock {

  private final AtomicLong now;

  public FakeNanoClock(long startNanos) {
    now = new AtomicLong(startNanos);
  }

  public void advanceNanos(long nanos) {
    now.addAndGet(nanos);
  }

  @Override
  public long nanoTime() {
    return now.get();
  }
}
