package io.sub30.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Processor time of a server's threads since they began, from Linux's {@code /proc}, microseconds.
 * Those that have ended are left out.
 *
 * @param loops the event loops
 * @param workers Vert.x' workers: what may block, and signatures
 * @param compilers both of the JVM
 * @param others the collector, the stores' own threads and all else
 */
record ThreadTimes(double loops, double workers, double compilers, double others) {

  static ThreadTimes of(long pid) throws IOException {
    double loops = 0;
    double workers = 0;
    double compilers = 0;
    double others = 0;
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads) {
        // The kernel cuts names to fifteen characters.
        String name = Files.readString(thread.resolve("comm"));
        String[] spent = Files.readString(thread.resolve("schedstat")).split(" ");
        double micros = Long.parseLong(spent[0]) / 1e3;
        if (name.startsWith("vert.x-eventloo")) {
          loops += micros;
        } else if (name.startsWith("vert.x-worker-t")) {
          workers += micros;
        } else if (name.contains("Compiler")) {
          compilers += micros;
        } else {
          others += micros;
        }
      }
    } catch (NoSuchFileException e) {
      return of(pid); // a thread ended while it was looked at
    }
    return new ThreadTimes(loops, workers, compilers, others);
  }

  ThreadTimes since(ThreadTimes before) {
    return new ThreadTimes(
        loops - before.loops,
        workers - before.workers,
        // Idle compiler threads end, and are missing then.
        Math.max(0, compilers - before.compilers),
        others - before.others);
  }

  /** Of all but the compilers', who have not ended their work after a minute or two. */
  double withoutCompilers() {
    return loops + workers + others;
  }
}
