package io.sub30.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What the machine's processors were used for so far, from Linux's {@code /proc}, in ticks of 10
 * ms.
 *
 * @param all of all processors, busy or not
 * @param idle of those, what nobody wanted
 * @param server of one process, all its threads
 * @param own of this process
 */
record ProcessorTime(long all, long idle, long server, long own) {

  static final double TICK_MICROS = 10_000;

  /**
   * @param server the process of the one that is measured
   */
  static ProcessorTime read(long server) throws IOException {
    String[] fields = Files.readString(Path.of("/proc/stat")).split("\n", 2)[0].split(" +");
    long all = 0;
    for (int i = 1; i <= 8; i++) {
      all += Long.parseLong(fields[i]);
    }
    long idle = Long.parseLong(fields[4]) + Long.parseLong(fields[5]);
    return new ProcessorTime(all, idle, of(server), of(ProcessHandle.current().pid()));
  }

  /** User's and system's of one process. */
  static long of(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }

  /** Who had how much of it since then, for people. */
  String since(ProcessorTime before) {
    double total = Math.max(1, all - before.all);
    double busy = 100 * (1 - (idle - before.idle) / total);
    double byServer = 100 * (server - before.server) / total;
    double byClient = 100 * (own - before.own) / total;
    return String.format(
        Locale.ROOT,
        "processors: %.0f %% busy: server %.0f %%, this client %.0f %%, databases and all others"
            + " %.0f %%",
        busy,
        byServer,
        byClient,
        busy - byServer - byClient);
  }
}
