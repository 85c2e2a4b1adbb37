package io.sub30.bench;

import io.sub30.budget.BudgetTracker;
import io.sub30.budget.EpochClock;
import io.sub30.budget.Ledger;
import io.sub30.budget.LedgerRing;
import io.sub30.budget.Outcome;
import io.sub30.budget.Plan;
import io.sub30.budget.Plans;
import io.sub30.budget.RequestOutcome;
import io.sub30.budget.Tier;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a lane pays for one closed ledger of nine lines: counted only, and counted and recorded
 * (with its share of draining the ring, which a server does on another thread).
 *
 * <p>Run: {@code mvn -q test-compile && mvn -q dependency:build-classpath
 * -Dmdep.outputFile=target/cp && java -cp target/test-classes:target/classes:$(cat target/cp)
 * org.openjdk.jmh.Main LedgerRingBenchmark -prof gc}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LedgerRingBenchmark {

  @Param({"false", "true"})
  boolean recording;

  private final Plan plan = Plans.specified();
  private final LedgerRing ring = new LedgerRing(plan, EpochClock.SYSTEM);
  private final Ledger ledger = Ledger.open(plan, 0);
  private BudgetTracker tracker = new BudgetTracker(plan, violation -> {});
  private int offered;
  long bytes;

  @Setup
  public void open() {
    for (int line = 0; line < plan.size() - 1; line++) {
      ledger.book(line, 10_000, 100_000, Outcome.OK);
    }
    ledger.close(1_000_000);
    tracker = new BudgetTracker(plan, violation -> {}, recording ? ring : null);
  }

  @Benchmark
  public long record() throws IOException {
    tracker.record("r", Tier.ENTERPRISE, ledger, RequestOutcome.OK);
    if (++offered == LedgerRing.RECORDS) {
      offered = 0;
      ring.drain(records -> bytes += records.remaining());
    }
    return bytes;
  }
}
