package io.sub30.bench;

import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.client.TickFiles;
import io.sub30.database.columnar.ClickHouseServer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * What reads take while batches come in: the fat jar, an open loop of batches and another one of
 * reads, of each kind in turn, over HTTP/2. For each kind and the source its answers name: the time
 * in the stores, from {@code Server-Timing} (none for what the edge cache has), and the whole time
 * from when the read was due.
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.ReadsBenchmark [BATCHES_A_SECOND [SECONDS [READS_A_SECOND]]] [clickhouse]
 * </pre>
 *
 * Defaults: 500, 30, 100; the columnar store is DuckDB, or ClickHouse when it is named and its
 * server is installed. Writes {@code target/evidence/reads.txt} or {@code reads-clickhouse.txt}.
 * Ends with 1 when fewer than 99.5 % of the reads of quotes and signals spent less than 5 ms in the
 * stores.
 */
public final class ReadsBenchmark {

  private static final int TENANTS = 8;

  /** So long goes the load before it counts: the server's methods are compiled meanwhile. */
  private static final int WARM_SECONDS = 60;

  private static final double SIMPLE_MILLIS = 5;
  private static final double SIMPLE_SHARE = 0.995;

  private static final List<String> PATHS =
      List.of(
          "/v1/quotes/BTCUSD",
          "/v1/predictions/BTCUSD",
          "/v1/signals?limit=10",
          "/v1/bars/BTCUSD?limit=60",
          "/v1/bars/BTCUSD?timeframe=H1&limit=24");

  private static final Pattern SOURCE = Pattern.compile("\"source\":\"([^\"]*)\"}$");
  private static final Pattern STORES = Pattern.compile("database_service;dur=([0-9.]+)");

  /** Batches and reads a second, and for how long. */
  private record Load(int batches, int reads, int seconds) {
    Load of(int otherSeconds) {
      return new Load(batches, reads, otherSeconds);
    }
  }

  /** Of one kind and source; only the client's loop writes it. */
  private static final class Times {
    final Histogram stores = new Histogram(60_000_000_000L, 3);
    final Histogram whole = new Histogram(60_000_000_000L, 3);
  }

  private final Map<String, Times> seen = new TreeMap<>();
  private int simple;
  private int simpleInTime;

  private ReadsBenchmark() {}

  public static void main(String[] args) throws Exception {
    List<String> figures = new ArrayList<>(List.of(args));
    boolean clickHouse = figures.remove("clickhouse");
    int batches = figures.size() > 0 ? Integer.parseInt(figures.get(0)) : 500;
    int seconds = figures.size() > 1 ? Integer.parseInt(figures.get(1)) : 30;
    int reads = figures.size() > 2 ? Integer.parseInt(figures.get(2)) : 100;
    Load load = new Load(batches, reads, seconds);
    Path data = Files.createTempDirectory("sub30-reads");
    StringBuilder found = new StringBuilder();
    boolean met;
    if (clickHouse) {
      try (ClickHouseServer columnar = ClickHouseServer.start(data.resolve("clickhouse"))) {
        String uri = columnar.rawUri("reads").toString();
        met = run(data, Map.of("SUB30_CLICKHOUSE_URI", uri), load, found);
      }
    } else {
      met = run(data, Map.of(), load, found);
    }
    System.out.print(found);
    Files.createDirectories(Path.of("target/evidence"));
    String file = clickHouse ? "reads-clickhouse.txt" : "reads.txt";
    Files.writeString(Path.of("target/evidence", file), found);
    System.exit(met ? 0 : 1);
  }

  private static boolean run(
      Path data, Map<String, String> environment, Load load, StringBuilder found) throws Exception {
    boolean met;
    try (JarServer server = JarServer.start(data, environment);
        OpenLoop batches = new OpenLoop(TickFiles.sample())) {
      for (int tenant = 0; tenant < TENANTS; tenant++) {
        batches.add(server.api, server.token("reads-" + tenant, Tier.ENTERPRISE));
      }
      new ReadsBenchmark().both(server, batches, load.of(WARM_SECONDS));
      ReadsBenchmark measured = new ReadsBenchmark();
      ProcessorTime before = ProcessorTime.read(server.pid());
      OpenLoop.Seen written = measured.both(server, batches, load);
      String processors = ProcessorTime.read(server.pid()).since(before);
      met = measured.report(found);
      found.append("batches: ").append(written).append('\n');
      found.append(processors).append('\n');
    }
    found.append("load average: ").append(Files.readString(Path.of("/proc/loadavg")));
    return met;
  }

  private OpenLoop.Seen both(JarServer server, OpenLoop batches, Load load) throws Exception {
    CompletableFuture<OpenLoop.Seen> writing =
        CompletableFuture.supplyAsync(() -> write(batches, load.batches(), load.seconds()));
    read(server, load.reads(), load.seconds());
    return writing.get();
  }

  private static OpenLoop.Seen write(OpenLoop batches, int rate, int seconds) {
    try {
      return batches.run(rate, seconds);
    } catch (java.io.IOException | InterruptedException e) {
      throw new IllegalStateException("the batches could not be sent", e);
    }
  }

  private void read(JarServer server, int perSecond, int seconds) throws Exception {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setUseDaemonThread(true));
    Context context = vertx.getOrCreateContext();
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    int count = perSecond * seconds;
    CountDownLatch open = new CountDownLatch(count);
    String[] tokens = new String[TENANTS];
    for (int tenant = 0; tenant < TENANTS; tenant++) {
      tokens[tenant] = server.token("reads-" + tenant, Tier.ENTERPRISE);
    }
    long startNanos = NanoClock.SYSTEM.nanoTime() + 5_000_000;
    for (int i = 0; i < count; i++) {
      String path = PATHS.get(i % PATHS.size());
      String token = tokens[i / PATHS.size() % TENANTS];
      long dueNanos = startNanos + (long) (i * 1e9 / perSecond);
      for (long left = dueNanos - NanoClock.SYSTEM.nanoTime(); left > 0; ) {
        LockSupport.parkNanos(left);
        left = dueNanos - NanoClock.SYSTEM.nanoTime();
      }
      context.runOnContext(go -> ask(client, server, path, token, dueNanos, open));
    }
    if (!open.await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException(open.getCount() + " reads were never answered");
    }
    vertx.close();
  }

  private void ask(
      HttpClient client,
      JarServer server,
      String path,
      String token,
      long dueNanos,
      CountDownLatch open) {
    client
        .request(
            new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(server.api.getHost())
                .setPort(server.api.getPort())
                .setURI(path)
                .putHeader("authorization", "Bearer " + token))
        .compose(request -> request.send())
        .compose(
            response -> response.body().onSuccess(body -> note(path, response, body, dueNanos)))
        .onComplete(done -> open.countDown());
  }

  private void note(String path, HttpClientResponse response, Buffer body, long dueNanos) {
    Matcher source = SOURCE.matcher(body.toString());
    boolean kept = "sub30; hit".equals(response.getHeader("cache-status"));
    String from =
        kept ? "edge" : source.find() ? source.group(1) : "status " + response.statusCode();
    Times times = seen.computeIfAbsent(path + "  " + from, key -> new Times());
    times.whole.recordValue(Math.min(NanoClock.SYSTEM.nanoTime() - dueNanos, 59_000_000_000L));
    Matcher stores = STORES.matcher(String.valueOf(response.getHeader("server-timing")));
    double millis =
        kept ? 0 : stores.find() ? Double.parseDouble(stores.group(1)) : Double.MAX_VALUE;
    if (millis < 60_000) {
      times.stores.recordValue((long) (millis * 1e6));
    }
    if (path.startsWith("/v1/quotes") || path.startsWith("/v1/signals")) {
      simple++;
      simpleInTime += millis < SIMPLE_MILLIS ? 1 : 0;
    }
  }

  private boolean report(StringBuilder found) {
    found.append(
        "ms                                                    reads  stores p50  p95  p99 |");
    found.append("  whole p50  p95  p99\n");
    seen.forEach(
        (name, times) ->
            found.append(
                String.format(
                    Locale.ROOT,
                    "%-52s %6d  %s | %s%n",
                    name,
                    times.whole.getTotalCount(),
                    millis(times.stores),
                    millis(times.whole))));
    double share = simple == 0 ? 0 : (double) simpleInTime / simple;
    found.append(
        String.format(
            Locale.ROOT,
            "quotes and signals below %.0f ms in the stores: %.2f %% (aim: 99.5 %%)%n",
            SIMPLE_MILLIS,
            100 * share));
    return share >= SIMPLE_SHARE;
  }

  private static String millis(Histogram nanos) {
    return nanos.getTotalCount() == 0
        ? "-"
        : String.format(
            Locale.ROOT,
            "%.2f  %.2f  %.2f",
            nanos.getValueAtPercentile(50) / 1e6,
            nanos.getValueAtPercentile(95) / 1e6,
            nanos.getValueAtPercentile(99) / 1e6);
  }
}
