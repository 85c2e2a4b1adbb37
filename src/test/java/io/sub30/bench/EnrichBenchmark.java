package io.sub30.bench;

import io.sub30.databridge.EnrichLoop;
import io.sub30.v1.Enrichment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One batch through validation, enrichment and commit, on warm state. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class EnrichBenchmark {

  @Param({"20", "1000"})
  public int ticks;

  private EnrichLoop loop = new EnrichLoop(1);

  @Setup
  public void prepare() {
    loop = new EnrichLoop(ticks);
  }

  // A sample takes tens of microseconds, so the call around it does not show.
  @Setup(Level.Invocation)
  public void request() {
    loop.prepare();
  }

  @Benchmark
  public Enrichment batch() {
    return loop.run();
  }
}
