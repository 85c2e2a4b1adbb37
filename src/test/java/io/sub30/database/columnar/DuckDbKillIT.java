package io.sub30.database.columnar;

import static io.sub30.database.columnar.Samples.SOURCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it appends leaves whole blocks, each with its watermark. */
final class DuckDbKillIT {

  private static final int BATCHES_A_BLOCK = 50;
  private static final int TICKS_A_BATCH = 20;

  @TempDir Path folder;

  /**
   * Appends blocks for ever, from wherever the store is, and prints each watermark it committed.
   */
  static final class Appender {

    private Appender() {}

    public static void main(String[] arguments) {
      DuckDbStore store = DuckDbStore.open(Path.of(arguments[0]), 128L << 20);
      for (long block = store.watermark(SOURCE).id(); ; block++) {
        Block.Batch[] batches = new Block.Batch[BATCHES_A_BLOCK];
        for (int i = 0; i < batches.length; i++) {
          long sequence = block * BATCHES_A_BLOCK + i + 1;
          batches[i] = Samples.batch("acme", "t1", sequence, TICKS_A_BATCH);
        }
        store.append(Samples.block(block, block + 1, batches));
        System.out.println(block + 1);
      }
    }
  }

  @Test
  void append_processKilledRepeatedly_rowsAndWatermarkAgree() throws Exception {
    Path file = folder.resolve("ticks.duckdb");
    long former = 0;
    for (int round = 1; round <= 3; round++) {
      long acknowledged = appendUntilKilled(file, former + 5L * round);
      try (DuckDbStore store = DuckDbStore.open(file, 128L << 20)) {
        long blocks = store.watermark(SOURCE).id();
        assertThat(blocks).isGreaterThanOrEqualTo(acknowledged);
        assertThat(store.countBatches("acme", "t1")).isEqualTo(blocks * BATCHES_A_BLOCK);
        assertThat(store.countTicks("acme", "t1"))
            .isEqualTo(blocks * BATCHES_A_BLOCK * TICKS_A_BATCH);
        assertThat(store.duplicates()).isZero();
        former = blocks;
      }
    }
  }

  @Test
  void open_heldByAnotherProcess_namesItsProcess() throws Exception {
    Path file = folder.resolve("ticks.duckdb");
    Process holder = appender(file);
    try (BufferedReader lines = lines(holder)) {
      assertThat(lines.readLine()).isEqualTo("1");
      assertThatExceptionOfType(ColumnarException.class)
          .isThrownBy(() -> DuckDbStore.open(file, 128L << 20))
          .withMessageContaining("held by another process")
          .withMessageContaining("PID " + holder.pid())
          .satisfies(e -> assertThat(e.reason()).isEqualTo(ColumnarException.Reason.HELD));
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  /** Kills the process once it acknowledged so many blocks; the last one acknowledged. */
  private static long appendUntilKilled(Path file, long blocks) throws Exception {
    Process process = appender(file);
    long acknowledged = 0;
    try (BufferedReader lines = lines(process)) {
      while (acknowledged < blocks) {
        String line = lines.readLine();
        assertThat(line).as("the appender ended by itself").isNotNull();
        acknowledged = Long.parseLong(line);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    return acknowledged;
  }

  private static Process appender(Path file) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Appender.class.getName(),
            file.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static BufferedReader lines(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }
}
