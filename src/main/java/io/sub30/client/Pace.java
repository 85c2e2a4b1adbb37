package io.sub30.client;

/** When batches are due, as nanoseconds from the start of the run. */
public sealed interface Pace {
  /**
   * Evenly spaced over the whole run: batch k is due at k / rate, whether or not earlier ones were
   * answered.
   *
   * @param batchesPerSecond over all connections together, above 0 up to 1,000,000
   */
  record Rate(double batchesPerSecond) implements Pace {
    public Rate {
      if (!(batchesPerSecond > 0 && batchesPerSecond <= 1_000_000)) {
        throw new IllegalArgumentException(
            "rate " + batchesPerSecond + ": must be above 0 and at most 1000000 batches/s");
      }
    }

    @Override
    public long dueNanos(long index, long marketMillis) {
      // From the index each time: adding up a rounded interval would drift.
      return (long) (index * (1e9 / batchesPerSecond));
    }
  }

  /**
   * As the market was, only faster: a batch is due when its last tick happened.
   *
   * @param factor market time over real time, above 0 up to 1,000,000; 1 is real time
   */
  record Speed(double factor) implements Pace {
    public Speed {
      if (!(factor > 0 && factor <= 1_000_000)) {
        throw new IllegalArgumentException(
            "speed " + factor + ": must be above 0 and at most 1000000");
      }
    }

    @Override
    public long dueNanos(long index, long marketMillis) {
      return (long) (marketMillis * (1e6 / factor));
    }
  }

  /**
   * A closed loop: a batch is due when its connection has room for it. The server then sets the
   * pace, so the latencies say nothing about a load that comes from outside.
   */
  record AsFastAsAnswered() implements Pace {
    @Override
    public long dueNanos(long index, long marketMillis) {
      return UNPACED;
    }
  }

  /** Due as soon as there is room. */
  long UNPACED = -1;

  /**
   * When a batch is due, or {@link #UNPACED}.
   *
   * @param index position of the batch in the run, from 0, over all connections
   * @param marketMillis market time of the batch's last tick since the run's first tick
   */
  long dueNanos(long index, long marketMillis);
}
