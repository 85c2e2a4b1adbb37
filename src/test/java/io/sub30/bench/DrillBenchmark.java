package io.sub30.bench;

import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.client.TickFiles;
import io.sub30.client.TickSupply;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a slow hop costs the callers: the fat jar as a server of its own, faults switched on and off
 * through its operators' door, an open loop of enterprise (and then pro) batches through each.
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.DrillBenchmark [RATE [FILE]]
 * </pre>
 *
 * RATE is batches a second over four tenants (default 50); FILE is a lean zip of quotes, without it
 * the carried trades are replayed. Writes {@code target/evidence/drills.txt}. Ends with 1 when a
 * figure was missed.
 */
public final class DrillBenchmark {

  private static final Path EVIDENCE = Path.of("target/evidence");
  private static final String EVERY_HOP =
      "{\"data_bridge\":\"delay=50ms\",\"ml\":\"delay=50ms\",\"trading\":\"delay=50ms\","
          + "\"database\":\"delay=50ms\"}";
  private static final int TENANTS = 4;

  private final StringBuilder found = new StringBuilder();
  private final JarServer server;
  private final OpenLoop enterprise;
  private final OpenLoop pro;
  private final double rate;
  private boolean missed;

  private DrillBenchmark(JarServer server, TickSupply ticks, double rate) throws IOException {
    this.server = server;
    this.rate = rate;
    this.enterprise = loop(ticks, Tier.ENTERPRISE);
    this.pro = loop(ticks, Tier.PRO);
  }

  private OpenLoop loop(TickSupply ticks, Tier tier) throws IOException {
    OpenLoop loop = new OpenLoop(ticks);
    for (int i = 0; i < TENANTS; i++) {
      loop.add(server.api, server.token(tier.label() + "-" + i, tier));
    }
    return loop;
  }

  public static void main(String[] args) throws Exception {
    double rate = args.length > 0 ? Double.parseDouble(args[0]) : 50;
    TickSupply ticks =
        args.length > 1 ? TickFiles.of("lean", List.of(Path.of(args[1]))) : TickFiles.sample();
    Files.createDirectories(EVIDENCE);
    CompiledClient.rehearse();
    Path data = Files.createTempDirectory("sub30-drill");
    boolean missed;
    try (JarServer server = JarServer.start(data, Map.of("SUB30_FAULTS_ENABLED", "true"))) {
      DrillBenchmark drill = new DrillBenchmark(server, ticks, rate);
      try {
        drill.run();
      } finally {
        Files.writeString(EVIDENCE.resolve("drills.txt"), drill.found);
      }
      missed = drill.missed;
    }
    System.exit(missed ? 1 : 0);
  }

  private void run() throws Exception {
    say(
        "4 enterprise and 4 pro tenants, "
            + rate
            + " batches/s of 20 ticks, open loop, no retries");
    warm();
    OpenLoop.Seen quiet = enterprise.run(rate, 10);
    say("quiet:                " + quiet);
    slowModel();
    for (String store : List.of("redis", "columnar")) {
      slowOffPath(store);
    }
    slowPostgres();
    everyHopSlow();
    say("load average: " + Files.readString(Path.of("/proc/loadavg")).strip());
  }

  /** Until the models have seen enough bars, and both programs are compiled. */
  private void warm() throws Exception {
    for (int i = 0; i < 3; i++) {
      say("warming, enterprise:  " + enterprise.run(2 * rate, 10));
      say("warming, pro:         " + pro.run(rate, 10));
    }
  }

  private void slowModel() throws Exception {
    server.put("/faults", "{\"ml\":\"delay=50ms\"}");
    OpenLoop.Seen slow = enterprise.run(rate, 20);
    say("ml +50 ms, enterprise: " + slow);
    check("all acknowledged", slow.status(200) == slow.sent);
    check("p99 below 30 ms", slow.acknowledged.getValueAtPercentile(99) < 30_000_000);
    check("every one says degraded: ml", degradedBy(slow, "ml_processing") >= slow.status(200));
    OpenLoop.Seen roomy = pro.run(rate / 5, 20);
    say("ml +50 ms, pro:        " + roomy);
    check("all acknowledged", roomy.status(200) == roomy.sent);
    check("p99 below 100 ms", roomy.acknowledged.getValueAtPercentile(99) < 100_000_000);
    int full = roomy.sources.getOrDefault("full", 0);
    check("pro still gets the full model, " + full + " of " + roomy.sent, full > roomy.sent / 2);
    clear();
  }

  private static int degradedBy(OpenLoop.Seen seen, String hop) {
    return seen.degraded.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(hop))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  private void slowOffPath(String store) throws Exception {
    server.put("/faults", "{\"" + store + "\":\"delay=50ms\"}");
    OpenLoop.Seen slow = enterprise.run(rate, 10);
    say(store + " +50 ms:        " + slow);
    check("all acknowledged", slow.status(200) == slow.sent);
    check("p99 below 30 ms", slow.acknowledged.getValueAtPercentile(99) < 30_000_000);
    clear();
  }

  private void slowPostgres() throws Exception {
    server.put("/faults", "{\"postgres\":\"delay=50ms\"}");
    OpenLoop.Seen slow = enterprise.run(rate, 10);
    say("postgres +50 ms:       " + slow);
    check("nothing acknowledged", slow.status(200) == 0);
    check("503 or 504", slow.status(503) + slow.status(504) == slow.sent);
    check("all within 32 ms (p99)", slow.refused.getValueAtPercentile(99) <= 32_000_000);
    clear();
    TimeUnit.SECONDS.sleep(2);
    OpenLoop.Seen again = enterprise.resend(slow.unacknowledged);
    say("resent:                " + again + ", stored before: " + again.duplicates);
    check("all acknowledged, once each", again.status(200) == again.sent);
  }

  private void everyHopSlow() throws Exception {
    server.put("/faults", EVERY_HOP);
    enterprise.run(rate, 3); // until that is known
    Refusals before = refusals();
    OpenLoop.Seen slow = enterprise.run(rate * 4, 10);
    say("every hop +50 ms:      " + slow);
    check("hardly anything acknowledged", slow.status(200) <= slow.sent / 50);
    Refusals since = refusals();
    refusedAtOnce("under total overload", since.less(before));
    refusedAtOnce("of the whole run", since);
    say("admission: " + enterpriseOf("admission").encode());
    clearFaults();
    long clearedNanos = NanoClock.SYSTEM.nanoTime();
    OpenLoop.Seen after = enterprise.run(rate, 6);
    say("afterwards:            " + after);
    double recoveredSeconds =
        after.lastRefusalNanos.isEmpty()
            ? 0
            : (after.lastRefusalNanos.get(after.lastRefusalNanos.size() - 1) - clearedNanos) / 1e9;
    check(
        String.format(Locale.ROOT, "the last refusal came %.2f s after", recoveredSeconds),
        recoveredSeconds < 2);
  }

  /** Refusals by estimate, as the server itself measured them: a probe takes its 30 ms. */
  private record Refusals(long within2ms, long all) {
    Refusals less(Refusals before) {
      return new Refusals(within2ms - before.within2ms, all - before.all);
    }
  }

  private void refusedAtOnce(String when, Refusals refusals) {
    check(
        "refusals " + when + " within 2 ms: " + refusals.within2ms + " of " + refusals.all,
        refusals.all > 0 && refusals.within2ms >= 0.99 * refusals.all);
  }

  private Refusals refusals() throws Exception {
    long within = 0;
    long all = 0;
    for (String line : server.get("/metrics").split("\n")) {
      if (line.startsWith("sub30_request_seconds")
          && line.contains("outcome=\"refused\"")
          && line.contains("tier=\"enterprise\"")) {
        long value = (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
        within = line.contains("le=\"0.002\"") ? value : within;
        all = line.startsWith("sub30_request_seconds_count") ? value : all;
      }
    }
    return new Refusals(within, all);
  }

  private JsonObject enterpriseOf(String field) throws Exception {
    return new JsonObject(server.get("/budget"))
        .getJsonArray("tiers")
        .getJsonObject(0)
        .getJsonObject(field);
  }

  private void clear() throws Exception {
    clearFaults();
    enterprise.run(rate, 1);
  }

  private void clearFaults() throws Exception {
    server.put(
        "/faults",
        "{\"data_bridge\":\"\",\"ml\":\"\",\"trading\":\"\",\"database\":\"\",\"postgres\":\"\","
            + "\"replica\":\"\",\"redis\":\"\",\"columnar\":\"\"}");
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
