package io.sub30.bench;

import io.sub30.budget.Tier;
import io.sub30.client.TickFiles;
import io.sub30.client.TickSupply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * What keeping the budget costs: processor time of the server (without its compilers) for a batch,
 * in mode {@code enforce} against mode {@code off}, switched to and fro in one process under load.
 * Two processes compile differently, by more than what is to be seen, so one does; short turns,
 * many of them, so that what the machine does besides meets both alike. The stamps of the hops stay
 * on in both modes: {@code BusHopBenchmark} has their cost.
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.BudgetCostBenchmark [PAIRS [FILE]]
 * </pre>
 *
 * Writes {@code target/evidence/budget-cost.txt}: the median of the pairs' ratios with the interval
 * that holds it with about 95 % (order statistics), of all threads and of the event loops alone, on
 * which all of it is done; what the others do in a turn (the relay, the collector) differs from
 * turn to turn. A pair takes 4 s.
 */
public final class BudgetCostBenchmark {

  private static final double RATE = 200;
  private static final double SECONDS = 2;

  private BudgetCostBenchmark() {}

  public static void main(String[] args) throws Exception {
    int pairs = args.length > 0 ? Integer.parseInt(args[0]) : 60;
    TickSupply ticks =
        args.length > 1 ? TickFiles.of("lean", List.of(Path.of(args[1]))) : TickFiles.sample();
    Path data = Files.createTempDirectory("sub30-cost");
    StringBuilder found = new StringBuilder();
    try (JarServer server = JarServer.start(data, Map.of());
        OpenLoop load = loop(server, ticks)) {
      for (int i = 0; i < 12; i++) { // compiled in both modes, and embeddings made
        mode(server, i % 2 == 0);
        load.run(RATE, 5);
      }
      Spent[] on = new Spent[pairs];
      Spent[] off = new Spent[pairs];
      for (int i = 0; i < pairs; i++) {
        if (i % 2 == 0) {
          on[i] = turn(server, load, true);
          off[i] = turn(server, load, false);
        } else {
          off[i] = turn(server, load, false);
          on[i] = turn(server, load, true);
        }
      }
      say(found, compared("all threads", pairs, i -> on[i].allMicros, i -> off[i].allMicros));
      say(found, compared("event loops", pairs, i -> on[i].loopMicros, i -> off[i].loopMicros));
    }
    say(found, "load average: " + Files.readString(Path.of("/proc/loadavg")).strip());
    Files.createDirectories(Path.of("target/evidence"));
    Files.writeString(Path.of("target/evidence/budget-cost.txt"), found);
    System.exit(0);
  }

  /** Of the server, without its compilers, for a batch that was acknowledged, microseconds. */
  private record Spent(double allMicros, double loopMicros) {}

  private static String compared(
      String what, int pairs, IntToDoubleFunction on, IntToDoubleFunction off) {
    double[] ratios = new double[pairs];
    Arrays.setAll(ratios, i -> on.applyAsDouble(i) / off.applyAsDouble(i));
    Arrays.sort(ratios);
    double[] offMicros = new double[pairs];
    Arrays.setAll(offMicros, off);
    Arrays.sort(offMicros);
    int rank = (int) Math.floor(pairs / 2.0 - 0.98 * Math.sqrt(pairs)); // of the lower bound
    return String.format(
        Locale.ROOT,
        "processor time a batch, %s, enforce / off: median %.3f, 95 %% within %.3f to %.3f, %d"
            + " pairs of %.0f batches; off: median %.0f us a batch",
        what,
        (ratios[(pairs - 1) / 2] + ratios[pairs / 2]) / 2,
        ratios[Math.max(0, rank - 1)],
        ratios[Math.min(pairs - 1, pairs - rank)],
        pairs,
        RATE * SECONDS,
        offMicros[pairs / 2]);
  }

  private static void mode(JarServer server, boolean enforce) throws Exception {
    server.put("/mode", "{\"mode\":\"" + (enforce ? "enforce" : "off") + "\"}");
  }

  private static OpenLoop loop(JarServer server, TickSupply ticks) throws IOException {
    OpenLoop loop = new OpenLoop(ticks);
    for (int i = 0; i < 8; i++) {
      loop.add(server.api, server.token("cost-" + i, Tier.PRO));
    }
    return loop;
  }

  private static Spent turn(JarServer server, OpenLoop load, boolean enforce) throws Exception {
    mode(server, enforce);
    ThreadTimes before = ThreadTimes.of(server.pid());
    OpenLoop.Seen seen = load.run(RATE, SECONDS);
    ThreadTimes spent = ThreadTimes.of(server.pid()).since(before);
    double batches = seen.status(200);
    return new Spent(spent.withoutCompilers() / batches, spent.loops() / batches);
  }

  private static void say(StringBuilder found, String line) {
    System.out.println(line);
    found.append(line).append(System.lineSeparator());
  }
}
