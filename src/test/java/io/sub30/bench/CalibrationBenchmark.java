package io.sub30.bench;

import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.client.TickFiles;
import io.sub30.client.TickSupply;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether the predicted chances to be in time come true: the fat jar in mode {@code observe}, so
 * that nothing is selected, models delayed by an exponential distribution, and clients that allow
 * from 6 to 30 ms.
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.CalibrationBenchmark [SECONDS [FILE]]
 * </pre>
 *
 * Writes {@code target/evidence/calibration.txt}. Ends with 1 when a bin with 200 batches or more
 * is more than 5 points off.
 */
public final class CalibrationBenchmark {

  private static final int TENANTS = 16;
  private static final double RATE = 60;
  private static final int TICKS = 20;

  private CalibrationBenchmark() {}

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 90;
    TickSupply ticks =
        args.length > 1 ? TickFiles.of("lean", List.of(Path.of(args[1]))) : TickFiles.sample();
    Files.createDirectories(Path.of("target/evidence"));
    Path data = Files.createTempDirectory("sub30-calibration");
    Map<String, String> observe =
        Map.of("SUB30_FAULTS_ENABLED", "true", "SUB30_BUDGET_MODE", "observe");
    StringBuilder found = new StringBuilder();
    boolean met;
    try (JarServer server = JarServer.start(data, observe)) {
      send(server, ticks, 30); // compiled, and embeddings made
      server.put("/faults", "{\"ml\":\"delay=8ms,distribution=exponential\"}");
      send(server, ticks, 15); // what was before is forgotten by the ring of ten seconds
      JsonObject before = new JsonObject(server.get("/budget"));
      send(server, ticks, seconds);
      met = report(before, new JsonObject(server.get("/budget")), found);
    }
    found.append("load average: ").append(Files.readString(Path.of("/proc/loadavg")));
    System.out.print(found);
    Files.writeString(Path.of("target/evidence/calibration.txt"), found);
    System.exit(met ? 0 : 1);
  }

  /** What was added between two looks, by twentieths of the predicted chance. */
  private static boolean report(JsonObject before, JsonObject after, StringBuilder found) {
    boolean met = true;
    found.append("predicted  observed  batches\n");
    for (int i = 0; i < after.getJsonArray("calibration").size(); i++) {
      JsonObject bin = after.getJsonArray("calibration").getJsonObject(i);
      JsonObject earlier = sameBin(before, bin.getDouble("predicted"));
      double count = bin.getLong("count") - earlier.getLong("count", 0L);
      if (count < 1) {
        continue;
      }
      double predicted = added(bin, earlier, "predicted") / count;
      double observed = added(bin, earlier, "observed") / count;
      boolean counts = Math.abs(predicted - 0.5) < 0.05 || predicted >= 0.85;
      boolean near = Math.abs(predicted - observed) <= 0.05;
      met &= near || !counts;
      found.append(
          String.format(
              Locale.ROOT,
              "%9.3f  %8.3f  %7.0f  %s%n",
              predicted,
              observed,
              count,
              near ? "within 5 points" : "NOT within 5 points"));
    }
    return met;
  }

  private static double added(JsonObject bin, JsonObject earlier, String field) {
    return bin.getDouble(field) * bin.getLong("count")
        - earlier.getDouble(field, 0.0) * earlier.getLong("count", 0L);
  }

  private static JsonObject sameBin(JsonObject before, double predicted) {
    for (int i = 0; i < before.getJsonArray("calibration").size(); i++) {
      JsonObject bin = before.getJsonArray("calibration").getJsonObject(i);
      if ((int) (bin.getDouble("predicted") * 20) == (int) (predicted * 20)) {
        return bin;
      }
    }
    return new JsonObject();
  }

  /** An open loop over HTTP/2, each batch with a time of its own. */
  private static void send(JarServer server, TickSupply supply, int seconds) throws Exception {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setUseDaemonThread(true));
    Context context = vertx.getOrCreateContext();
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    int count = (int) (RATE * seconds);
    CountDownLatch open = new CountDownLatch(count);
    String run = Long.toString(NanoClock.SYSTEM.nanoTime(), 36);
    try (TickSupply.Ticks ticks = supply.open()) {
      List<Tick> shared = List.of();
      List<String> tokens = tokens(server);
      long startNanos = NanoClock.SYSTEM.nanoTime();
      for (int i = 0; i < count; i++) {
        int tenant = i % TENANTS;
        if (tenant == 0) {
          shared = read(ticks);
        }
        TickBatch batch =
            TickBatch.newBuilder()
                .setTerminal("t" + run)
                .setSequence(i / TENANTS + 1L)
                .addAllTicks(shared)
                .build();
        String token = tokens.get(tenant);
        int allowedMillis = 6 + 2 * (i * 7 % 13);
        long dueNanos = startNanos + (long) (i * 1e9 / RATE);
        LockSupport.parkNanos(dueNanos - NanoClock.SYSTEM.nanoTime());
        context.runOnContext(
            go ->
                client
                    .request(options(server, token, allowedMillis))
                    .compose(request -> request.send(Buffer.buffer(batch.toByteArray())))
                    .compose(response -> response.body())
                    .onComplete(done -> open.countDown()));
      }
    }
    if (!open.await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException(open.getCount() + " batches were never answered");
    }
    vertx.close();
  }

  private static List<String> tokens(JarServer server) throws IOException {
    List<String> tokens = new ArrayList<>();
    for (int tenant = 0; tenant < TENANTS; tenant++) {
      tokens.add(server.token("observed-" + tenant, Tier.ENTERPRISE));
    }
    return tokens;
  }

  /** The next ticks; all tenants send the same. */
  private static List<Tick> read(TickSupply.Ticks ticks) throws IOException {
    List<Tick> next = new ArrayList<>(TICKS);
    while (next.size() < TICKS) {
      Tick tick = ticks.next();
      if (tick == null) {
        throw new IllegalStateException("the ticks are used up; replay a longer file");
      }
      next.add(tick);
    }
    return next;
  }

  private static RequestOptions options(JarServer server, String token, int allowedMillis) {
    return new RequestOptions()
        .setMethod(HttpMethod.POST)
        .setHost(server.api.getHost())
        .setPort(server.api.getPort())
        .setURI("/v1/ticks")
        .putHeader("authorization", "Bearer " + token)
        .putHeader("content-type", "application/x-protobuf")
        .putHeader("x-request-timeout-ms", Integer.toString(allowedMillis));
  }
}
