package io.sub30.bench;

import io.sub30.budget.Tier;
import io.sub30.client.TickFiles;
import io.sub30.client.TickSupply;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What keeping the budget costs: processor time of the server (without its compilers) for a batch,
 * with everything on (stamps, estimates, enforcement, recorded ledgers) against everything off. Two
 * servers stand side by side and are loaded in turns, so that what the machine does besides meets
 * both alike.
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.BudgetCostBenchmark [PAIRS [FILE]]
 * </pre>
 *
 * Writes {@code target/evidence/budget-cost.txt}: the median of the pairs' ratios with the interval
 * that holds it with about 95 % (order statistics).
 */
public final class BudgetCostBenchmark {

  private static final double RATE = 150;
  private static final double SECONDS = 6;
  private static final double TICKS_A_SECOND = 100; // USER_HZ of Linux

  private BudgetCostBenchmark() {}

  public static void main(String[] args) throws Exception {
    int pairs = args.length > 0 ? Integer.parseInt(args[0]) : 12;
    TickSupply ticks =
        args.length > 1 ? TickFiles.of("lean", List.of(Path.of(args[1]))) : TickFiles.sample();
    Path data = Files.createTempDirectory("sub30-cost");
    Map<String, String> off =
        Map.of(
            "SUB30_BUDGET_TRACKING", "false",
            "SUB30_BUDGET_MODE", "off",
            "SUB30_BUDGET_RECORD", "false");
    StringBuilder found = new StringBuilder();
    try (JarServer with = JarServer.start(data.resolve("on"), Map.of());
        JarServer without = JarServer.start(data.resolve("off"), off);
        OpenLoop withLoad = loop(with, ticks);
        OpenLoop withoutLoad = loop(without, ticks)) {
      for (int i = 0; i < 4; i++) { // compiled, and embeddings made
        withLoad.run(RATE, 10);
        withoutLoad.run(RATE, 10);
      }
      double[] ratios = new double[pairs];
      for (int i = 0; i < pairs; i++) {
        boolean onFirst = i % 2 == 0;
        double first = onFirst ? micros(with, withLoad) : micros(without, withoutLoad);
        double second = onFirst ? micros(without, withoutLoad) : micros(with, withLoad);
        double on = onFirst ? first : second;
        double none = onFirst ? second : first;
        ratios[i] = on / none;
        say(
            found,
            String.format(
                Locale.ROOT, "on %6.0f us  off %6.0f us  ratio %.3f", on, none, ratios[i]));
      }
      Arrays.sort(ratios);
      int rank = (int) Math.floor(pairs / 2.0 - 0.98 * Math.sqrt(pairs)); // of the lower bound
      say(
          found,
          String.format(
              Locale.ROOT,
              "processor time a batch, on / off: median %.3f, 95 %% within %.3f to %.3f, %d pairs",
              (ratios[(pairs - 1) / 2] + ratios[pairs / 2]) / 2,
              ratios[Math.max(0, rank - 1)],
              ratios[Math.min(pairs - 1, pairs - rank)],
              pairs));
    }
    say(found, "load average: " + Files.readString(Path.of("/proc/loadavg")).strip());
    Files.createDirectories(Path.of("target/evidence"));
    Files.writeString(Path.of("target/evidence/budget-cost.txt"), found);
    System.exit(0);
  }

  private static OpenLoop loop(JarServer server, TickSupply ticks) throws IOException {
    OpenLoop loop = new OpenLoop(ticks);
    for (int i = 0; i < 8; i++) {
      loop.add(server.api, server.token("cost-" + i, Tier.PRO));
    }
    return loop;
  }

  /** Processor time of the server process for one batch that was acknowledged, microseconds. */
  private static double micros(JarServer server, OpenLoop load) throws Exception {
    double before = processorSeconds(server.pid());
    OpenLoop.Seen seen = load.run(RATE, SECONDS);
    return (processorSeconds(server.pid()) - before) * 1e6 / seen.status(200);
  }

  /** Of all threads but the compilers', who have not ended their work after a minute or two. */
  private static double processorSeconds(long pid) throws IOException {
    double ticks = 0;
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads) {
        String stat = Files.readString(thread.resolve("stat"));
        if (!stat.contains("Compiler")) {
          String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
          ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
      }
    }
    return ticks / TICKS_A_SECOND;
  }

  private static void say(StringBuilder found, String line) {
    System.out.println(line);
    found.append(line).append(System.lineSeparator());
  }
}
