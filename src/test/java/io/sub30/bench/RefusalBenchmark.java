package io.sub30.bench;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request that is refused at the door costs the server: its processor time, of all its
 * threads and with nothing subtracted, over the answers that were refusals. Asked by h2load over
 * HTTP/2 and HTTP/1.1, each kind in turn: a read and a batch of a free tenant far over its rate
 * (429), no token, one that is no token at all, and one whose signature was changed (401).
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.RefusalBenchmark [SECONDS [KEY=VALUE ...]]
 * </pre>
 *
 * SECONDS is how long a kind is measured (default 10); further arguments are variables of the
 * server's environment. Needs {@code h2load} (Debian: nghttp2-client). Few connections, so that no
 * other bound is met first: 4 of 32 streams, or 16 of one request at a time, far from {@code
 * http.max_tenant_connections}, and 128 requests at once are no more than the signatures that one
 * lane lets wait (a further one would be a 503). Of the batches over the rate one in a second waits
 * for its turn and is let in; all others are refused at once.
 *
 * <p>Writes {@code target/evidence/refusals.txt}; ends with 1 when a refusal of any kind costs more
 * than 50 us, or when fewer than 99 % of the answers of a kind were refusals.
 */
public final class RefusalBenchmark {

  private static final double AIM_MICROS = 50;
  private static final double LEAST_SHARE = 0.99;

  /** Requests a second that leave the optimising compiler its turns, even of costly signatures. */
  private static final int GENTLE_RATE = 1_000;

  private static final int BURST = 5;
  private static final Path EVIDENCE = Path.of("target/evidence");
  private static final Pattern CODES =
      Pattern.compile("status codes: (\\d+) 2xx, (\\d+) 3xx, (\\d+) 4xx, (\\d+) 5xx");
  private static final String HEAD =
      "us of the server's processor time a refusal       | refusals"
          + "  of all   each |    loops workers compilers others";
  private static final String QUOTE = "/v1/quotes/BTCUSD";
  private static final String TICKS = "/v1/ticks";

  /**
   * One way to be refused.
   *
   * @param path {@value #TICKS} is sent a batch, any other is read
   * @param authorization the header; empty: none
   * @param code that the problem must name
   */
  private record Kind(String name, String path, String authorization, int status, String code) {

    boolean posts() {
      return path.equals(TICKS);
    }
  }

  /** How h2load asks. */
  private record Wire(String name, int connections, int streams, List<String> options) {}

  private static final List<Wire> WIRES =
      List.of(new Wire("HTTP/2", 4, 32, List.of()), new Wire("HTTP/1.1", 16, 1, List.of("--h1")));

  /** Of one kind over one wire. */
  private record Run(long refused, long others, double micros, ThreadTimes threads) {

    double microsEach() {
      return micros / Math.max(1, refused);
    }

    double share() {
      return (double) refused / Math.max(1, refused + others);
    }

    boolean met() {
      return microsEach() <= AIM_MICROS && share() >= LEAST_SHARE;
    }
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private final JarServer server;
  private final Path batch;
  private final StringBuilder found = new StringBuilder();

  private RefusalBenchmark(JarServer server, Path batch) {
    this.server = server;
    this.batch = batch;
  }

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 10;
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "SUB30_RATES_FREE_PER_SECOND",
                "1",
                "SUB30_RATES_FREE_BURST",
                Integer.toString(BURST)));
    for (int i = 1; i < args.length; i++) {
      environment.put(args[i].split("=", 2)[0], args[i].split("=", 2)[1]);
    }
    Path data = Files.createTempDirectory("sub30-refusals");
    boolean met;
    try (JarServer server = JarServer.start(data, environment)) {
      Path batch = Files.writeString(Files.createTempFile("sub30-batch", ".json"), batch());
      RefusalBenchmark benchmark = new RefusalBenchmark(server, batch);
      met = benchmark.run(kinds(server.token("refused", Tier.FREE)), seconds);
      Files.createDirectories(EVIDENCE);
      Files.writeString(EVIDENCE.resolve("refusals.txt"), benchmark.found);
    }
    System.exit(met ? 0 : 1);
  }

  private static List<Kind> kinds(String token) {
    int signature = token.lastIndexOf('.') + 1;
    String forged =
        token.substring(0, signature)
            + (token.charAt(signature) == 'A' ? 'B' : 'A')
            + token.substring(signature + 1);
    return List.of(
        new Kind("over the rate, read", QUOTE, "Bearer " + token, 429, "rate_limited"),
        new Kind("over the rate, batch", TICKS, "Bearer " + token, 429, "rate_limited"),
        new Kind("no token, read", QUOTE, "", 401, "token_missing"),
        new Kind("no token, batch", TICKS, "", 401, "token_missing"),
        new Kind("garbage for a token, read", QUOTE, "Bearer garbage", 401, "token_invalid"),
        new Kind("signature changed, read", QUOTE, "Bearer " + forged, 401, "token_invalid"));
  }

  /** Twenty ticks, as terminals send them. */
  private static String batch() {
    List<String> ticks = new ArrayList<>();
    long now = EpochClock.SYSTEM.epochMillis();
    for (int i = 0; i < 20; i++) {
      ticks.add(
          String.format(
              Locale.ROOT,
              "{\"symbol\":\"BTCUSD\",\"time_msc\":%d,\"bid\":%.2f,\"ask\":%.2f,\"flags\":6}",
              now + i,
              60_000 + i / 100.0,
              60_001 + i / 100.0));
    }
    return "{\"terminal\":\"t1\",\"sequence\":1,\"ticks\":[" + String.join(",", ticks) + "]}";
  }

  private boolean run(List<Kind> kinds, int seconds) throws IOException, InterruptedException {
    letIn(kinds.get(1)); // the batch, which makes the quote there is to read
    letIn(kinds.get(0));
    for (Kind kind : kinds) {
      for (Wire wire : WIRES) {
        warmUp(kind, wire);
      }
      check(kind);
    }
    Thread.sleep(5_000);
    long before = ProcessorTime.of(server.pid());
    Thread.sleep(10_000);
    double idleMillis =
        (ProcessorTime.of(server.pid()) - before) * ProcessorTime.TICK_MICROS / 1_000;
    boolean met = true;
    say(HEAD);
    for (Kind kind : kinds) {
      for (Wire wire : WIRES) {
        Run run = load(kind, wire, seconds, List.of());
        met &= run.met();
        say(row(kind, wire, run));
      }
    }
    say(
        String.format(
            Locale.ROOT,
            "aim: %.0f us at most; the server at rest: %.0f ms in 10 s",
            AIM_MICROS,
            idleMillis));
    say("load average: " + Files.readString(Path.of("/proc/loadavg")).strip());
    return met;
  }

  private static String row(Kind kind, Wire wire, Run run) {
    double refused = Math.max(1, run.refused);
    return String.format(
        Locale.ROOT,
        "%d %-26s %-8s  %-8s | %8d %6.2f%% %6.1f | %8.1f %7.1f %9.1f %6.1f",
        kind.status,
        kind.name,
        wire.name,
        run.met() ? "met" : "NOT MET",
        run.refused,
        100 * run.share(),
        run.microsEach(),
        run.threads.loops() / refused,
        run.threads.workers() / refused,
        run.threads.compilers() / refused,
        run.threads.others() / refused);
  }

  /**
   * The product's optimising compiler runs only while nothing else wants the processor. So at first
   * few requests a second, which leave it half of two; then as it will be, with pauses.
   */
  private void warmUp(Kind kind, Wire wire) throws IOException, InterruptedException {
    int rate = GENTLE_RATE / wire.connections;
    List<String> gently = List.of("--rps", Integer.toString(rate));
    load(kind, wire, 12, gently);
    for (int i = 0; i < 4; i++) {
      load(kind, wire, 2, List.of());
      Thread.sleep(2_000);
    }
  }

  /** So many connections of so many streams, each asking anew when it is answered. */
  private Run load(Kind kind, Wire wire, int seconds, List<String> further)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("h2load", "-D", Integer.toString(seconds)));
    command.addAll(List.of("-c", Integer.toString(wire.connections)));
    command.addAll(List.of("-m", Integer.toString(wire.streams)));
    command.addAll(wire.options);
    command.addAll(further);
    if (!kind.authorization.isEmpty()) {
      command.addAll(List.of("-H", "authorization: " + kind.authorization));
    }
    if (kind.posts()) {
      command.addAll(List.of("-H", "content-type: application/json", "-d", batch.toString()));
    }
    command.add(server.api + kind.path);
    ThreadTimes threads = ThreadTimes.of(server.pid());
    long before = ProcessorTime.of(server.pid());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    double micros = (ProcessorTime.of(server.pid()) - before) * ProcessorTime.TICK_MICROS;
    Matcher codes = CODES.matcher(said);
    if (!codes.find()) {
      throw new IOException("h2load did not end well: " + said);
    }
    return new Run(
        Long.parseLong(codes.group(3)),
        Long.parseLong(codes.group(1))
            + Long.parseLong(codes.group(2))
            + Long.parseLong(codes.group(4)),
        micros,
        ThreadTimes.of(server.pid()).since(threads));
  }

  /** Within the rate, so that what is refused later is known to be refused for the rate alone. */
  private void letIn(Kind kind) throws IOException {
    HttpResponse<String> answer = ask(kind).join();
    if (answer.statusCode() != 200) {
      throw new IOException(kind.name + " is not let in at first: " + answer.body());
    }
  }

  /** h2load tells classes of statuses only. Several at once: one batch may wait for its turn. */
  private void check(Kind kind) throws IOException {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 2 * BURST; i++) {
      answers.add(ask(kind));
    }
    String code = "\"code\":\"" + kind.code + "\"";
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      HttpResponse<String> refusal = answer.join();
      if (refusal.statusCode() == kind.status && refusal.body().contains(code)) {
        return;
      }
    }
    throw new IOException(kind.name + " is answered " + answers.get(0).join().body());
  }

  private CompletableFuture<HttpResponse<String>> ask(Kind kind) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.api.resolve(kind.path));
    if (!kind.authorization.isEmpty()) {
      request.header("authorization", kind.authorization);
    }
    if (kind.posts()) {
      request
          .header("content-type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofFile(batch));
    }
    return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private void say(String line) {
    System.out.println(line);
    found.append(line).append(System.lineSeparator());
  }
}
