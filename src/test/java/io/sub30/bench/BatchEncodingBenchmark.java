package io.sub30.bench;

import com.google.protobuf.ByteString;
import io.sub30.client.ClientCodecs;
import io.sub30.client.TickFiles;
import io.sub30.client.TickSupply;
import io.sub30.gateway.requests.BatchCodecs;
import io.sub30.v1.HopSpend;
import io.sub30.v1.Prediction;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
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
 * What a batch of real trades costs in JSON, in protobuf tick by tick and in protobuf as a block:
 * writing as the client does, then reading with every check as the gateway does. Beside it the
 * answer of such a batch, and hashing. Prints the sizes once.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BatchEncodingBenchmark {

  /** Trades before the batch: the sample begins with a quiet hour. */
  private static final int SKIPPED = 20_000;

  @Param({"20", "1000"})
  private int ticks;

  private final BatchCodecs codecs = new BatchCodecs();
  private TickBatch batch = TickBatch.getDefaultInstance();
  private TickResult result = TickResult.getDefaultInstance();
  private byte[] json = {};
  private byte[] plain = {};
  private byte[] block = {};

  @Setup
  public void setUp() throws IOException {
    batch = trades();
    json = ClientCodecs.toJson(batch);
    plain = batch.toByteArray();
    block = ClientCodecs.toProtobuf(batch);
    if (!BatchCodecs.fromProtobuf(block).equals(batch)
        || !BatchCodecs.fromJson(json).equals(batch)) {
      throw new IllegalStateException("a form does not say what the batch says");
    }
    result = answer();
    System.out.printf(
        "%nbatch of %d trades: json %d bytes, protobuf %d (%.1f %% smaller), as a block %d (%.1f %%"
            + " smaller)%n",
        ticks,
        json.length,
        plain.length,
        100.0 - 100.0 * plain.length / json.length,
        block.length,
        100.0 - 100.0 * block.length / json.length);
  }

  private TickBatch trades() throws IOException {
    TickBatch.Builder trades =
        TickBatch.newBuilder().setTerminal("desk-1").setSequence(81_234).setServerUtcOffsetS(7_200);
    try (TickSupply.Ticks sample = TickFiles.sample().open()) {
      for (int i = 0; i < SKIPPED; i++) {
        sample.next();
      }
      for (int i = 0; i < ticks; i++) {
        Tick tick = sample.next();
        if (tick == null) {
          throw new IllegalStateException("the sample has fewer than " + (SKIPPED + ticks));
        }
        trades.addTicks(tick);
      }
    }
    return trades.build();
  }

  private TickResult answer() {
    TickResult.Builder answer =
        TickResult.newBuilder()
            .setRequestId("r")
            .setTenant("acme")
            .setTier("pro")
            .setAccepted(ticks);
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
    return answer.build();
  }

  @Benchmark
  public TickBatch json() {
    return BatchCodecs.fromJson(ClientCodecs.toJson(batch));
  }

  @Benchmark
  public TickBatch protobuf() {
    return BatchCodecs.fromProtobuf(TickBatch.newBuilder(batch).build().toByteArray());
  }

  @Benchmark
  public TickBatch block() {
    return BatchCodecs.fromProtobuf(ClientCodecs.toProtobuf(batch));
  }

  @Benchmark
  public TickBatch readJson() {
    return BatchCodecs.fromJson(json);
  }

  @Benchmark
  public TickBatch readProtobuf() {
    return BatchCodecs.fromProtobuf(plain);
  }

  @Benchmark
  public TickBatch readBlock() {
    return BatchCodecs.fromProtobuf(block);
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
