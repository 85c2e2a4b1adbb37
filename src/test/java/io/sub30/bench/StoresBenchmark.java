package io.sub30.bench;

import com.google.protobuf.ByteString;
import io.sub30.budget.BreakerLimits;
import io.sub30.budget.NanoClock;
import io.sub30.bus.Faults;
import io.sub30.database.BatchWriter.Write;
import io.sub30.database.cache.CacheOptions;
import io.sub30.database.cache.Lifetime;
import io.sub30.database.cache.TieredCache;
import io.sub30.database.postgres.Cells;
import io.sub30.database.postgres.Intake;
import io.sub30.database.postgres.Pools;
import io.sub30.database.postgres.PostgresUri;
import io.sub30.database.postgres.RecordedSignals;
import io.sub30.database.postgres.Schema;
import io.sub30.node.TestServers;
import io.sub30.v1.ListSignalsRequest;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.redis.client.RedisOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * One store at a time, from a lane's loop and one call after the other: a durable batch of 20 ticks
 * against a bare {@code INSERT} of as many bytes on the same connection, in turns; and one row from
 * PostgreSQL, one value from Redis, one from Caffeine.
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.StoresBenchmark [CALLS]
 * </pre>
 *
 * Writes {@code target/evidence/stores.txt}.
 */
public final class StoresBenchmark {

  private static final String BARE =
      "create table bare (id bigint generated always as identity primary key, bytes bytea not"
          + " null)";

  private static final Lifetime LIFE = Lifetime.of(600_000);
  private static final BreakerLimits LIMITS =
      new BreakerLimits(10_000_000_000L, 20, 50, 80, 5_000_000, 500, 3);

  private final StringBuilder found = new StringBuilder();
  private final Context lane;
  private final int calls;

  private StoresBenchmark(Context lane, int calls) {
    this.lane = lane;
    this.calls = calls;
  }

  public static void main(String[] args) throws Exception {
    int calls = args.length > 0 ? Integer.parseInt(args[0]) : 4_000;
    Path folder = Files.createTempDirectory("sub30-stores");
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    try (TestServers.Server postgres = TestServers.postgres(folder.resolve("postgres"), 0);
        TestServers.Server redis = TestServers.redis(folder.resolve("redis"), 0)) {
      StoresBenchmark benchmark = new StoresBenchmark(vertx.getOrCreateContext(), calls);
      benchmark.postgres(vertx, new PostgresUri(postgres.uri()), postgres.uri().toString());
      benchmark.caches(vertx, redis.uri().toString());
      benchmark.say("load average: " + Files.readString(Path.of("/proc/loadavg")).strip());
      Files.createDirectories(Path.of("target/evidence"));
      Files.writeString(Path.of("target/evidence/stores.txt"), benchmark.found);
    } finally {
      await(vertx.close());
    }
  }

  private void postgres(Vertx vertx, PostgresUri server, String owner) throws Exception {
    Schema.migrate(server);
    Pools pools = await(onLane(() -> Future.succeededFuture(new Pools(vertx, server, 1))));
    Pool bare =
        await(
            onLane(
                () ->
                    Future.succeededFuture(
                        PgBuilder.pool()
                            .connectingTo(PgConnectOptions.fromUri(owner))
                            .using(vertx)
                            .build())));
    await(onLane(() -> bare.query(BARE).execute()));
    long epoch = await(onLane(() -> new Cells(pools.reads()).take("bench"))).getEpoch();
    CommitBatches batches = new CommitBatches(epoch);
    int bytes = batches.request(1_000_000).getSerializedSize();
    Buffer payload = Buffer.buffer(new byte[bytes]);
    Intake intake = new Intake(pools::commits);
    Histogram batch = new Histogram(10_000_000_000L, 3);
    Histogram insert = new Histogram(10_000_000_000L, 3);
    int[] sequence = {0};
    for (int turn = 0; turn < 11; turn++) { // the first one warms up
      int each = calls / 10;
      Histogram bareTimes =
          timed(
              each,
              i ->
                  bare.preparedQuery("insert into bare (bytes) values ($1)")
                      .execute(Tuple.of(payload)));
      Histogram batchTimes =
          timed(
              each, i -> intake.write(List.of(new Write("bench", batches.request(++sequence[0])))));
      if (turn > 0) {
        insert.add(bareTimes);
        batch.add(batchTimes);
      }
    }
    say("bare insert of " + bytes + " bytes:  " + line(insert));
    say("a batch of 20 ticks, stored:   " + line(batch));
    say(
        String.format(
            Locale.ROOT,
            "    ratio of the medians %.2f (aim: 1.5)",
            (double) batch.getValueAtPercentile(50) / insert.getValueAtPercentile(50)));
    RecordedSignals signals = new RecordedSignals(pools.reads());
    IntFunction<Future<?>> read =
        i -> bare.preparedQuery("select 1 from bare where id = $1").execute(Tuple.of((long) i + 1));
    timed(calls / 4, read);
    say("one row by its key:            " + line(timed(calls, read)));
    ListSignalsRequest newest = ListSignalsRequest.newBuilder().setLimit(1).build();
    IntFunction<Future<?>> page = i -> signals.list("bench", newest);
    timed(calls / 4, page);
    say("a tenant's newest signal:      " + line(timed(calls, page)));
    await(onLane(bare::close));
    await(onLane(pools::close));
  }

  private void caches(Vertx vertx, String uri) throws Exception {
    CacheOptions roomy = CacheOptions.with(LIMITS);
    TieredCache cache = cache(vertx, uri, roomy);
    ByteString value = ByteString.copyFrom(new byte[512]);
    for (int i = 0; i < 100; i++) {
      String key = "k" + i;
      await(onLane(() -> cache.put("bench", "b", key, value, LIFE)));
    }
    say("a value from Caffeine:         " + line(read(cache)));
    // One that has room for a few of the hundred: by the time a key comes again it is gone.
    TieredCache narrow =
        cache(vertx, uri, new CacheOptions(4_096, roomy.timeoutMillis(), roomy.breaker()));
    long before = narrow.status().remoteHits();
    say("a value from Redis:            " + line(read(narrow)));
    if (narrow.status().remoteHits() - before < calls) {
      throw new IllegalStateException("not every value came from Redis: " + narrow.status());
    }
    await(onLane(cache::close));
    await(onLane(narrow::close));
  }

  private TieredCache cache(Vertx vertx, String uri, CacheOptions options) throws Exception {
    return await(
        onLane(
            () ->
                Future.succeededFuture(
                    TieredCache.create(
                        vertx,
                        new RedisOptions().setConnectionString(uri),
                        options,
                        Faults.off()))));
  }

  private Histogram read(TieredCache cache) throws Exception {
    IntFunction<Future<?>> read = i -> cache.get("bench", "b", "k" + i % 100);
    timed(calls, read);
    return timed(calls, read);
  }

  /** So many calls, one after the other, from the lane. */
  private Histogram timed(int count, IntFunction<Future<?>> call) throws Exception {
    Histogram nanos = new Histogram(10_000_000_000L, 3);
    await(
        onLane(
            () -> {
              Promise<Void> done = Promise.promise();
              next(0, count, call, nanos, done);
              return done.future();
            }));
    return nanos;
  }

  private void next(
      int i, int count, IntFunction<Future<?>> call, Histogram nanos, Promise<Void> done) {
    if (i == count) {
      done.complete();
      return;
    }
    long start = NanoClock.SYSTEM.nanoTime();
    call.apply(i)
        .onComplete(
            answered -> {
              nanos.recordValue(NanoClock.SYSTEM.nanoTime() - start);
              if (answered.failed()) {
                done.fail(answered.cause());
              } else {
                // Not from here: answers that are there at once would pile up on the stack.
                lane.runOnContext(go -> next(i + 1, count, call, nanos, done));
              }
            });
  }

  private <T> Future<T> onLane(Supplier<Future<T>> call) {
    Promise<T> result = Promise.promise();
    lane.runOnContext(go -> call.get().onComplete(result));
    return result.future();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
  }

  private static String line(Histogram nanos) {
    return OpenLoop.Seen.millis(nanos);
  }

  private void say(String line) {
    System.out.println(line);
    found.append(line).append(System.lineSeparator());
  }
}
