package io.sub30.bench;

import io.sub30.budget.Tier;
import io.sub30.client.TickFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many authenticated {@code GET /v1/quotes/{symbol}} a second the fat jar answers, against a
 * plain Vert.x server that answers as many bytes: h2load asks the one and the other in turn, each
 * in a JVM of its own, over the same connections and streams. Client and servers share the machine.
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.QuotesBenchmark [PAIRS [SECONDS [KEY=VALUE ...]]]
 * </pre>
 *
 * Defaults: 7, 5. Further arguments are variables of the server's environment. Needs {@code h2load}
 * (Debian: nghttp2-client). Writes {@code target/evidence/quotes.txt}; ends with 1 when the median
 * of the pairs' ratios is below 0.6. Only answers that are 200 count.
 */
public final class QuotesBenchmark {

  private static final double AIM = 0.6;
  private static final int CONNECTIONS = 4;
  private static final int STREAMS = 16;
  private static final String PATH = "/v1/quotes/BTCUSD";
  private static final Path EVIDENCE = Path.of("target/evidence");
  private static final Pattern RATE = Pattern.compile("finished in [^,]*, ([0-9.]+) req/s");
  private static final Pattern CODES =
      Pattern.compile("status codes: (\\d+) 2xx, (\\d+) 3xx, (\\d+) 4xx, (\\d+) 5xx");
  private static final Pattern LANE = Pattern.compile("\"lane\":(\\d+)");

  private QuotesBenchmark() {}

  /** One run against one server. */
  private record Run(double perSecond, double serverMicros, long refused) {}

  /** Whom h2load asks, and how. */
  private record Target(URI api, String token, long pid) {}

  public static void main(String[] args) throws Exception {
    int pairs = args.length > 0 ? Integer.parseInt(args[0]) : 7;
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    Map<String, String> environment = new HashMap<>();
    for (int i = 2; i < args.length; i++) {
      environment.put(args[i].split("=", 2)[0], args[i].split("=", 2)[1]);
    }
    Path data = Files.createTempDirectory("sub30-quotes");
    StringBuilder found = new StringBuilder();
    double median;
    try (JarServer server = JarServer.start(data, environment)) {
      String token = server.token("quotes", Tier.ENTERPRISE);
      try (OpenLoop batches = new OpenLoop(TickFiles.sample())) {
        batches.add(server.api, token);
        batches.run(20, 2);
      }
      String quote = quote(server.api, token);
      try (EchoServer echo = EchoServer.start(lanes(server), quote)) {
        Target product = new Target(server.api, token, server.pid());
        Target plain = new Target(echo.api, token, echo.pid());
        warmUp(product);
        warmUp(plain);
        median = compare(product, plain, pairs, seconds, found);
      }
    }
    say(found, "load average: " + Files.readString(Path.of("/proc/loadavg")).strip());
    Files.createDirectories(EVIDENCE);
    Files.writeString(EVIDENCE.resolve("quotes.txt"), found);
    System.exit(median >= AIM ? 0 : 1);
  }

  /**
   * The product's optimising compiler runs only while nothing else wants the processor. So at first
   * one request at a time, which leaves it half of two; then as it will be, with pauses.
   */
  private static void warmUp(Target target) throws IOException, InterruptedException {
    load(target, 12, 1, 1);
    for (int i = 0; i < 2; i++) {
      load(target, 2, CONNECTIONS, STREAMS);
      Thread.sleep(2_000);
    }
  }

  private static double compare(
      Target product, Target plain, int pairs, int seconds, StringBuilder found)
      throws IOException, InterruptedException {
    double[] ratios = new double[pairs];
    long refused = 0;
    for (int i = 0; i < pairs; i++) {
      boolean first = i % 2 == 0; // who goes first takes turns
      Run before = load(first ? product : plain, seconds, CONNECTIONS, STREAMS);
      Run after = load(first ? plain : product, seconds, CONNECTIONS, STREAMS);
      Run quotes = first ? before : after;
      Run echo = first ? after : before;
      ratios[i] = quotes.perSecond / echo.perSecond;
      refused += quotes.refused + echo.refused;
      say(
          found,
          String.format(
              Locale.ROOT,
              "quotes %.0f/s (%.1f us of the server's processor time each), echo %.0f/s (%.1f us):"
                  + " %.3f",
              quotes.perSecond,
              quotes.serverMicros,
              echo.perSecond,
              echo.serverMicros,
              ratios[i]));
    }
    double[] sorted = ratios.clone();
    Arrays.sort(sorted);
    double median = (sorted[(pairs - 1) / 2] + sorted[pairs / 2]) / 2;
    say(
        found,
        String.format(
            Locale.ROOT,
            "ratio: median of %d pairs %.3f (%.3f to %.3f), aim: %.1f; answers that were not 200:"
                + " %d",
            pairs,
            median,
            sorted[0],
            sorted[pairs - 1],
            AIM,
            refused));
    return median;
  }

  /** So many connections of so many streams, each asking anew when it is answered. */
  private static Run load(Target target, int seconds, int connections, int streams)
      throws IOException, InterruptedException {
    long before = ProcessorTime.of(target.pid);
    Process process =
        new ProcessBuilder(
                "h2load",
                "-D",
                Integer.toString(seconds),
                "-c",
                Integer.toString(connections),
                "-m",
                Integer.toString(streams),
                "-H",
                "authorization: Bearer " + target.token,
                target.api + PATH)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    double micros = (ProcessorTime.of(target.pid) - before) * ProcessorTime.TICK_MICROS;
    Matcher rate = RATE.matcher(said);
    Matcher codes = CODES.matcher(said);
    if (!rate.find() || !codes.find()) {
      throw new IOException("h2load did not end well: " + said);
    }
    long good = Long.parseLong(codes.group(1));
    long refused =
        Long.parseLong(codes.group(2))
            + Long.parseLong(codes.group(3))
            + Long.parseLong(codes.group(4));
    double goodShare = (double) good / Math.max(1, good + refused);
    return new Run(
        Double.parseDouble(rate.group(1)) * goodShare, micros / Math.max(1, good), refused);
  }

  private static String quote(URI api, String token) throws IOException, InterruptedException {
    HttpResponse<String> reply =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(api.resolve(PATH))
                    .header("authorization", "Bearer " + token)
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    if (reply.statusCode() != 200) {
      throw new IOException("no quote: " + reply.body());
    }
    return reply.body();
  }

  private static int lanes(JarServer server) throws IOException, InterruptedException {
    Set<String> lanes = new HashSet<>();
    Matcher lane = LANE.matcher(server.get("/hub"));
    while (lane.find()) {
      lanes.add(lane.group(1));
    }
    if (lanes.isEmpty()) {
      throw new IOException("/hub names no lane");
    }
    return lanes.size();
  }

  private static void say(StringBuilder found, String line) {
    System.out.println(line);
    found.append(line).append(System.lineSeparator());
  }
}
