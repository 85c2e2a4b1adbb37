package io.sub30.bench;

import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.client.TickFiles;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * What a tenant's batches take while somebody sends tokens with forged signatures, each another
 * one, so that each has to be checked: an open loop of batches alone, and then beside the flood.
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.ForgeryBenchmark [FORGED_A_SECOND [SECONDS]]
 * </pre>
 *
 * Defaults: 2,000 over 8 connections, 15 s; the batches are 50 a second of one enterprise tenant.
 * Writes {@code target/evidence/forgery.txt}.
 */
public final class ForgeryBenchmark {

  private static final int BATCHES_A_SECOND = 50;
  private static final int WARM_SECONDS = 30;
  private static final int CONNECTIONS = 8;

  /** Forged requests that may wait for their answers; beyond it the flood leaves some out. */
  private static final int MOST_OPEN = 800;

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setUseDaemonThread(true));
  private final Context context = vertx.getOrCreateContext();
  private final HttpClient client =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false)
              .setHttp2MultiplexingLimit(MOST_OPEN / CONNECTIONS),
          new PoolOptions().setHttp2MaxSize(CONNECTIONS));

  /** Of the forged requests; only the client's loop touches them. */
  private final Map<String, Integer> answers = new TreeMap<>();

  private int open;

  private ForgeryBenchmark() {}

  public static void main(String[] args) throws Exception {
    int forged = args.length > 0 ? Integer.parseInt(args[0]) : 2_000;
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 15;
    List<String> found = new ArrayList<>();
    Path data = Files.createTempDirectory("sub30-forgery");
    try (JarServer server = JarServer.start(data, Map.of());
        OpenLoop batches = new OpenLoop(TickFiles.sample())) {
      String token = server.token("honest", Tier.ENTERPRISE);
      batches.add(server.api, token);
      batches.run(BATCHES_A_SECOND, WARM_SECONDS);
      found.add("alone: " + batches.run(BATCHES_A_SECOND, seconds));
      ForgeryBenchmark flood = new ForgeryBenchmark();
      CompletableFuture<Void> flooding =
          CompletableFuture.runAsync(() -> flood.run(server.api, token, forged, seconds));
      ProcessorTime before = ProcessorTime.read(server.pid());
      OpenLoop.Seen seen = batches.run(BATCHES_A_SECOND, seconds);
      String processors = ProcessorTime.read(server.pid()).since(before);
      flooding.get();
      found.add(String.format(Locale.ROOT, "beside %d forged tokens a second: %s", forged, seen));
      found.add("answers to those: " + flood.answers);
      found.add(processors);
    }
    found.add("load average: " + Files.readString(Path.of("/proc/loadavg")).strip());
    found.forEach(System.out::println);
    Files.createDirectories(Path.of("target/evidence"));
    Files.write(Path.of("target/evidence/forgery.txt"), found);
    System.exit(0);
  }

  private void run(URI api, String token, int perSecond, int seconds) {
    int signature = token.lastIndexOf('.') + 1;
    int count = perSecond * seconds;
    long startNanos = NanoClock.SYSTEM.nanoTime();
    for (int i = 0; i < count; i++) {
      long dueNanos = startNanos + (long) (i * 1e9 / perSecond);
      for (long left = dueNanos - NanoClock.SYSTEM.nanoTime(); left > 0; ) {
        LockSupport.parkNanos(left);
        left = dueNanos - NanoClock.SYSTEM.nanoTime();
      }
      // Eight of the signature's characters say which one it is; all are of its alphabet.
      String forged =
          token.substring(0, signature)
              + String.format(Locale.ROOT, "%08d", i)
              + token.substring(signature + 8);
      context.runOnContext(go -> ask(api, forged));
    }
  }

  private void ask(URI api, String token) {
    if (open >= MOST_OPEN) {
      answers.merge("left out", 1, Integer::sum);
      return;
    }
    open++;
    client
        .request(
            new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(api.getHost())
                .setPort(api.getPort())
                .setURI("/v1/signals")
                .putHeader("authorization", "Bearer " + token))
        .compose(request -> request.send())
        .onComplete(
            response ->
                answers.merge(
                    response.failed()
                        ? String.valueOf(response.cause().getMessage())
                        : Integer.toString(response.result().statusCode()),
                    1,
                    Integer::sum))
        .onComplete(done -> open--);
  }
}
