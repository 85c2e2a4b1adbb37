package io.sub30.bench;

import io.sub30.budget.Tier;
import io.sub30.bus.Heartbeats;
import io.sub30.bus.LaneSnapshot;
import io.sub30.v1.LaneTable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Finding a tenant among 8 lanes, in the cache but for collisions; the name is another instance
 * than the cached one. Run as {@link BusHopBenchmark}, with {@code Resolve} as the name.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ResolveBenchmark {

  private static final int TENANTS = 1_024;
  private static final int LANES = 8;

  private final LaneSnapshot snapshot = snapshot();
  private final String[] tenants = new String[TENANTS];
  private int next;

  public ResolveBenchmark() {
    for (int i = 0; i < TENANTS; i++) {
      tenants[i] = "tenant-" + i;
      snapshot.resolve("tenant-" + i, Tier.PRO);
    }
  }

  @Benchmark
  public int resolve() {
    next = (next + 1) & (TENANTS - 1);
    return snapshot.resolve(tenants[next], Tier.PRO);
  }

  private static LaneSnapshot snapshot() {
    LaneTable.Builder table = LaneTable.newBuilder();
    for (int lane = 0; lane < LANES; lane++) {
      for (String component : LaneSnapshot.PATH) {
        table.addEntries(Heartbeats.identity(component, lane, Tier.PRO));
      }
    }
    return new LaneSnapshot(table.build());
  }
}
