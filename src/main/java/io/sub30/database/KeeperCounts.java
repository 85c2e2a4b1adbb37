package io.sub30.database;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;

/** What retention has removed since start; thread-safe. */
final class KeeperCounts {

  final LongAdder weeks = new LongAdder();
  final LongAdder batches = new LongAdder();
  final LongAdder keys = new LongAdder();
  final LongAdder signals = new LongAdder();
  final LongAdder columnarBatches = new LongAdder();
  final LongAdder columnarTicks = new LongAdder();
  final LongAdder failures = new LongAdder();

  void meters(MeterRegistry registry) {
    removed(registry, "postgres", "batches", batches);
    removed(registry, "postgres", "keys", keys);
    removed(registry, "postgres", "signals", signals);
    removed(registry, "columnar", "batches", columnarBatches);
    removed(registry, "columnar", "ticks", columnarTicks);
    FunctionCounter.builder("sub30.retention.dropped.weeks", weeks, LongAdder::sum)
        .register(registry);
    FunctionCounter.builder("sub30.retention.failures", failures, LongAdder::sum)
        .register(registry);
  }

  private static void removed(MeterRegistry registry, String store, String rows, LongAdder count) {
    FunctionCounter.builder("sub30.retention.removed.rows", count, LongAdder::sum)
        .tag("store", store)
        .tag("rows", rows)
        .register(registry);
  }

  @Override
  public String toString() {
    return batches
        + " batches, "
        + keys
        + " keys, "
        + signals
        + " signals, and of the columnar copy "
        + columnarBatches
        + " batches with "
        + columnarTicks
        + " ticks removed since start";
  }
}
