package io.sub30.bench;

import com.google.protobuf.ByteString;
import io.sub30.gateway.BatchCodecs;
import io.sub30.v1.HopSpend;
import io.sub30.v1.Prediction;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a batch of 20 EURUSD ticks and its answer cost in JSON and in protobuf: reading with every
 * check, writing, and hashing. Prints the sizes once.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BatchEncodingBenchmark {
  private static final int TICKS = 20;

  private final BatchCodecs codecs = new BatchCodecs();
  private TickBatch batch = TickBatch.getDefaultInstance();
  private TickResult result = TickResult.getDefaultInstance();
  private byte[] json = {};
  private byte[] protobuf = {};

  @Setup
  public void setUp() {
    TickBatch.Builder ticks =
        TickBatch.newBuilder().setTerminal("desk-1").setSequence(81_234).setServerUtcOffsetS(7_200);
    for (int i = 0; i < TICKS; i++) {
      ticks.addTicks(
          Tick.newBuilder()
              .setSymbol("EURUSD")
              .setTimeMsc(1_778_236_800_123L + i * 137)
              .setBid((108_310 + i % 7) / 100_000.0)
              .setAsk((108_325 + i % 5) / 100_000.0)
              .setFlags(6));
    }
    batch = ticks.build();
    json = BatchCodecs.toJson(batch);
    protobuf = batch.toByteArray();
    TickResult.Builder answer =
        TickResult.newBuilder()
            .setRequestId("r")
            .setTenant("acme")
            .setTier("pro")
            .setAccepted(TICKS);
    answer.addPredictions(
        Prediction.newBuilder().setSymbol("EURUSD").setPUp(0.3123).setPDown(0.2987));
    for (int i = 0; i < 9; i++) {
      answer
          .getBudgetBuilder()
          .addHops(
              HopSpend.newBuilder()
                  .setHop("ml_processing")
                  .setBudgetUs(8_000)
                  .setServiceUs(40 + i));
    }
    result = answer.build();
    System.out.printf(
        "%nbatch of %d ticks: json %d bytes, protobuf %d bytes (%.0f %% smaller)%n",
        TICKS, json.length, protobuf.length, 100.0 - 100.0 * protobuf.length / json.length);
  }

  @Benchmark
  public TickBatch readJson() {
    return BatchCodecs.fromJson(json);
  }

  @Benchmark
  public TickBatch readProtobuf() {
    return BatchCodecs.fromProtobuf(protobuf);
  }

  @Benchmark
  public byte[] writeResultJson() {
    return BatchCodecs.toJson(result);
  }

  @Benchmark
  public byte[] writeResultProtobuf() {
    return TickResult.newBuilder(result).build().toByteArray();
  }

  @Benchmark
  public ByteString hash() {
    return codecs.hash(batch);
  }
}
