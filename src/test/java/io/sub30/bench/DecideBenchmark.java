package io.sub30.bench;

import io.sub30.trading.DecideRound;
import io.sub30.v1.Decision;
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
 * One decision: one symbol, four strategies, every risk rule, with a full log of 256 signals behind
 * it. Aim: under 5 microseconds.
 *
 * <p>Run: {@code mvn -q test-compile && mvn -q dependency:build-classpath
 * -Dmdep.outputFile=target/cp && java -cp target/test-classes:target/classes:$(cat target/cp)
 * org.openjdk.jmh.Main DecideBenchmark -prof gc}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecideBenchmark {

  private final DecideRound buy = new DecideRound(0.8, 256);
  private final DecideRound hold = new DecideRound(0.5, 256);

  @Benchmark
  public Decision buy() {
    return buy.run();
  }

  @Benchmark
  public Decision hold() {
    return hold.run();
  }
}
