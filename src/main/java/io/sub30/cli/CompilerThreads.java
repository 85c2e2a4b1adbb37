package io.sub30.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the JVM's optimising compiler run only when nothing else wants the processor. A fresh JVM
 * compiles for some twenty seconds of processor time; on two cores a request's 30 ms are soon gone
 * waiting for that, at each of its wake-ups. Measured on such a machine over the first seconds
 * after a start, at 200 batches a second: 1,543 of 2,200 answers were refusals for want of time
 * before, none of 1,200 after. A lower nice value is not enough: the kernel lets whoever runs
 * finish its slice, but not under the idle policy.
 *
 * <p>Java cannot choose a thread's scheduling policy on Linux, but {@code chrt} (util-linux) can,
 * and this direction needs no privilege. Best effort: where it is not to be had, nothing changes.
 * Blocks for some milliseconds.
 */
final class CompilerThreads {

  private static final Logger log = LoggerFactory.getLogger(CompilerThreads.class);
  private static final Path THREADS = Path.of("/proc/self/task");

  /**
   * The kernel cuts thread names to fifteen characters. The quick compiler, C1, is left alone: what
   * it makes is needed at once.
   */
  private static final String OPTIMISING_COMPILER = "C2 Compiler";

  private CompilerThreads() {}

  /**
   * Gives the optimising compiler's threads of this moment the idle policy; those they start
   * inherit it.
   */
  static void yieldToOthers() {
    try {
      for (String thread : optimisingCompilers()) {
        Process chrt =
            new ProcessBuilder("chrt", "--idle", "--pid", "0", thread)
                .redirectErrorStream(true)
                .start();
        String said = new String(chrt.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!chrt.waitFor(1, TimeUnit.SECONDS) || chrt.exitValue() != 0) {
          log.info("compiler thread {} keeps its priority: {}", thread, said.strip());
        }
      }
    } catch (IOException e) {
      log.info("the compiler threads keep their priority: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> optimisingCompilers() throws IOException {
    List<String> ids = new ArrayList<>();
    if (!Files.isDirectory(THREADS)) {
      return ids;
    }
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
      for (Path thread : threads) {
        if (Files.readString(thread.resolve("comm"), StandardCharsets.UTF_8)
            .startsWith(OPTIMISING_COMPILER)) {
          ids.add(thread.getFileName().toString());
        }
      }
    }
    return ids;
  }
}
