package io.sub30.ml;

import io.sub30.budget.CallGate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gates that a test opens and shuts, and what was recorded at them. */
final class FakeGates implements Gates {

  /** One run as it was recorded. */
  record Run(String model, long nanos, boolean failed) {}

  final List<Run> runs = new ArrayList<>();
  final Map<String, Runnable> probes = new HashMap<>();
  final List<String> closed = new ArrayList<>();
  boolean shut;

  @Override
  public CallGate before(String model, Runnable probe) {
    probes.put(model, probe);
    return new CallGate() {
      @Override
      public boolean permits() {
        return !shut;
      }

      @Override
      public void record(long nanos, boolean failed) {
        runs.add(new Run(model, nanos, failed));
      }

      @Override
      public void close() {
        closed.add(model);
      }
    };
  }
}
