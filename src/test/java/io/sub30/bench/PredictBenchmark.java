package io.sub30.bench;

import io.sub30.ml.PredictBenchmarkState;
import io.sub30.v1.Predictions;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one prediction costs on its lane, message in to message out, and what one embedding costs
 * when a bar closes. {@code -prof gc} adds the bytes each allocates.
 *
 * <p>To run, from the project's folder:
 *
 * <pre>
 * mvn -q -DskipTests package dependency:build-classpath -Dmdep.outputFile=target/test.cp
 * java -cp target/test-classes:target/classes:$(cat target/test.cp) org.openjdk.jmh.Main Predict -prof gc
 * </pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class PredictBenchmark {

  private PredictBenchmarkState state;

  @Setup
  public void open() throws Exception {
    state = new PredictBenchmarkState();
  }

  @TearDown
  public void close() {
    state.close();
  }

  @Benchmark
  public Predictions predict() {
    return state.predict();
  }

  @Benchmark
  public void embed() {
    state.embed();
  }
}
