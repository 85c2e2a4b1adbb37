package io.sub30.bench;

import io.sub30.budget.Tier;
import io.sub30.client.TickFiles;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What free tenants that send twenty times the enterprise load cost enterprise and pro: the fat jar
 * as a server of its own with the default rates; enterprise and pro quiet, and under the flood, in
 * turn. Open loops without retries, on the server's processors.
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.NoisyNeighbourBenchmark \
 *     [shared|own [SECONDS [ROUNDS [FREE_TENANTS]]]]
 * </pre>
 *
 * Enterprise comes by the listener that all tiers share (default), or by its own. SECONDS is the
 * length of a phase (default 10), ROUNDS how often both are run (5), FREE_TENANTS how many send the
 * flood together (100: each ten times its rate; 1000: each just its rate). Writes {@code
 * target/evidence/noisy.txt}, or {@code noisy-own.txt}. Ends with 1 when a figure was missed.
 */
public final class NoisyNeighbourBenchmark {

  private static final Path EVIDENCE = Path.of("target/evidence");
  private static final int ENTERPRISE_RATE = 50;
  private static final int PRO_RATE = 20;
  private static final int FREE_RATE = 20 * ENTERPRISE_RATE;
  private static final int PAID_TENANTS = 4;
  private static final int FREE_BURST = 5;

  /** What the design sets for a listener of enterprise's own. */
  private static final double MOST = 1.3;

  private static final Map<String, String> DEFAULT_RATES =
      Map.of(
          "SUB30_RATES_FREE_PER_SECOND", "1",
          "SUB30_RATES_FREE_BURST", Integer.toString(FREE_BURST),
          "SUB30_RATES_PRO_PER_SECOND", "10",
          "SUB30_RATES_PRO_BURST", "20",
          "SUB30_RATES_ENTERPRISE_PER_SECOND", "500",
          "SUB30_RATES_ENTERPRISE_BURST", "1000");

  private final StringBuilder found = new StringBuilder();
  private final ExecutorService loads = Executors.newFixedThreadPool(3);
  private final OpenLoop enterprise;
  private final OpenLoop pro;
  private final OpenLoop free;
  private final int freeTenants;
  private final double seconds;
  private boolean missed;

  private NoisyNeighbourBenchmark(JarServer server, URI door, double seconds, int freeTenants)
      throws IOException {
    this.seconds = seconds;
    this.freeTenants = freeTenants;
    this.enterprise = loop(server, door, Tier.ENTERPRISE, PAID_TENANTS);
    this.pro = loop(server, server.api, Tier.PRO, PAID_TENANTS);
    this.free = loop(server, server.api, Tier.FREE, freeTenants);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static OpenLoop loop(JarServer server, URI door, Tier tier, int tenants)
      throws IOException {
    OpenLoop loop = new OpenLoop(TickFiles.sample());
    for (int i = 0; i < tenants; i++) {
      loop.add(door, server.token(tier.label() + "-" + i, tier));
    }
    return loop;
  }

  public static void main(String[] args) throws Exception {
    boolean own = args.length > 0 && args[0].equals("own");
    double seconds = args.length > 1 ? Double.parseDouble(args[1]) : 10;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    int freeTenants = args.length > 3 ? Integer.parseInt(args[3]) : 100;
    Files.createDirectories(EVIDENCE);
    Path data = Files.createTempDirectory("sub30-noisy");
    boolean missed;
    Map<String, String> environment = new HashMap<>(DEFAULT_RATES);
    int ownPort = own ? freePort() : 0;
    environment.put("SUB30_HTTP_ENTERPRISE_PORT", Integer.toString(ownPort));
    try (JarServer server = JarServer.start(data, environment)) {
      URI door = own ? URI.create("http://127.0.0.1:" + ownPort) : server.api;
      NoisyNeighbourBenchmark benchmark =
          new NoisyNeighbourBenchmark(server, door, seconds, freeTenants);
      try {
        benchmark.run(rounds);
      } finally {
        Files.writeString(EVIDENCE.resolve(own ? "noisy-own.txt" : "noisy.txt"), benchmark.found);
      }
      missed = benchmark.missed;
    }
    System.exit(missed ? 1 : 0);
  }

  private void run(int rounds) throws Exception {
    say(
        String.format(
            Locale.ROOT,
            "batches of 20 ticks: enterprise %d/s of %d tenants, pro %d/s of %d; the flood is free"
                + " %d/s of %d, allowed 1/s each; %.0f s a phase",
            ENTERPRISE_RATE,
            PAID_TENANTS,
            PRO_RATE,
            PAID_TENANTS,
            FREE_RATE,
            freeTenants,
            seconds));
    say("warming: " + phase(false).enterprise);
    say("warming: " + phase(true).free);
    List<Phase> quiet = new ArrayList<>();
    List<Phase> flooded = new ArrayList<>();
    say(Phase.HEAD);
    for (int round = 0; round < rounds; round++) {
      quiet.add(phase(false));
      say(quiet.get(round).row("quiet"));
      flooded.add(phase(true));
      say(flooded.get(round).row("flood"));
    }
    say("free, last flood: " + flooded.get(rounds - 1).free);
    compare("enterprise P50", quiet, flooded, phase -> millis(phase.enterprise, 50));
    compare("pro P99", quiet, flooded, phase -> millis(phase.pro, 99));
    double ratio = compare("enterprise P99", quiet, flooded, phase -> millis(phase.enterprise, 99));
    check(String.format(Locale.ROOT, "enterprise P99 x %.1f at most", MOST), ratio <= MOST);
    check("every enterprise batch acknowledged", quiet, phase -> allStored(phase.enterprise));
    check("likewise under the flood", flooded, phase -> allStored(phase.enterprise));
    check("free within its rate, the others told when to come back", flooded, this::heldToRate);
    say("load average: " + Files.readString(Path.of("/proc/loadavg")).strip());
  }

  /** What was seen of all tiers in one phase. */
  private record Phase(OpenLoop.Seen enterprise, OpenLoop.Seen pro, OpenLoop.Seen free) {

    static final String HEAD =
        "      | enterprise p50    p99    max ms | pro p50    p99 ms | free 200   429 others, p50"
            + " ms";

    String row(String name) {
      return String.format(
          Locale.ROOT,
          "%s | %14.2f %6.2f %6.2f    | %7.2f %6.2f    | %8d %5d %6d, %6.1f",
          name,
          millis(enterprise, 50),
          millis(enterprise, 99),
          millis(enterprise, 100),
          millis(pro, 50),
          millis(pro, 99),
          free.status(200),
          free.status(429),
          free.sent - free.status(200) - free.status(429),
          millis(free, 50));
    }
  }

  private Phase phase(boolean flood) throws Exception {
    Future<OpenLoop.Seen> paid = start(enterprise, ENTERPRISE_RATE);
    Future<OpenLoop.Seen> between = start(pro, PRO_RATE);
    OpenLoop.Seen flooding = flood ? start(free, FREE_RATE).get() : new OpenLoop.Seen();
    return new Phase(paid.get(), between.get(), flooding);
  }

  private Future<OpenLoop.Seen> start(OpenLoop loop, double rate) {
    Callable<OpenLoop.Seen> run = () -> loop.run(rate, seconds);
    return loads.submit(run);
  }

  private static double millis(OpenLoop.Seen seen, double percentile) {
    return seen.acknowledged.getValueAtPercentile(percentile) / 1e6;
  }

  private static boolean allStored(OpenLoop.Seen seen) {
    return seen.status(200) == seen.sent;
  }

  /** Never more than the rate gives from the first batch to the last, with a second for its end. */
  private boolean heldToRate(Phase phase) {
    return phase.free.status(200) <= freeTenants * (FREE_BURST + seconds + 1)
        && phase.free.status(200) + phase.free.status(429) >= 0.99 * phase.free.sent;
  }

  private double compare(
      String what, List<Phase> quiet, List<Phase> flooded, ToDoubleFunction<Phase> figure) {
    double before = median(quiet, figure);
    double under = median(flooded, figure);
    say(
        String.format(
            Locale.ROOT,
            "%s, median of %d: quiet %.2f ms, under the flood %.2f ms, x %.2f",
            what,
            quiet.size(),
            before,
            under,
            under / before));
    return under / before;
  }

  private static double median(List<Phase> phases, ToDoubleFunction<Phase> figure) {
    double[] sorted = phases.stream().mapToDouble(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private void check(String what, List<Phase> phases, Predicate<Phase> holds) {
    long held = phases.stream().filter(holds).count();
    check(what + ", " + held + " of " + phases.size(), held == phases.size());
  }

  private void check(String what, boolean met) {
    missed |= !met;
    say("    " + (met ? "met     " : "NOT MET ") + what);
  }

  private void say(String line) {
    System.out.println(line);
    found.append(line).append(System.lineSeparator());
  }
}
