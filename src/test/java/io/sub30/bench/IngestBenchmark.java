package io.sub30.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sub30.budget.Deadline;
import io.sub30.budget.Ledger;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.bus.Hop;
import io.sub30.bus.Lanes;
import io.sub30.config.Sub30Config;
import io.sub30.database.DatabaseVerticle;
import io.sub30.database.Storage;
import io.sub30.node.TestServers;
import io.sub30.v1.OpenCellRequest;
import io.sub30.v1.StoreReply;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * How many batches of 20 ticks a second the storage component makes durable: asked over the bus as
 * the path asks it, one batch at a time for each of many cells on every lane, on an embedded
 * PostgreSQL (fsync on) and Redis, with the relay to the columnar store behind it. Closed loop: it
 * measures what the component can do, not a load.
 *
 * <pre>
 * mvn -q -DskipTests package
 * java -cp target/test-classes:target/sub30.jar io.sub30.bench.IngestBenchmark [SECONDS [CELLS]]
 * </pre>
 *
 * CELLS of each lane; defaults 20 and 64. Writes {@code target/evidence/ingest.txt}; ends with 1
 * when fewer than 5,000 batches a second were stored, or what was acknowledged is not what is in
 * PostgreSQL.
 */
public final class IngestBenchmark {

  private static final double WANTED = 5_000;
  private static final long WARM_UP_SECONDS = 10;
  private static final long DEADLINE_NANOS = 30_000_000_000L;

  private final Bus bus;
  private final AtomicLong acknowledged = new AtomicLong();
  private final ConcurrentHistogram micros = new ConcurrentHistogram(60_000_000, 3);
  private volatile boolean measuring;
  private volatile boolean over;

  private IngestBenchmark(Bus bus) {
    this.bus = bus;
  }

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    int cells = args.length > 1 ? Integer.parseInt(args[1]) : 64;
    Path folder = Files.createTempDirectory("sub30-ingest");
    Sub30Config config = Sub30Config.load(Optional.empty(), Map.of(), Map.of());
    Lanes lanes = new Lanes(List.of(Tier.ENTERPRISE, Tier.PRO));
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(lanes.size()));
    boolean met;
    try (TestServers.Server postgres = TestServers.postgres(folder.resolve("postgres"), 0);
        TestServers.Server redis = TestServers.redis(folder.resolve("redis"), 0)) {
      Storage storage =
          Storage.open(
              postgres.uri(),
              redis.uri(),
              folder.resolve("ticks.duckdb"),
              config.database(),
              config.breakers().columnar(),
              new Storage.SpoolPlace(folder.resolve("spool"), config.database().down()));
      storage.meters(new SimpleMeterRegistry());
      Bus bus = Bus.install(vertx, config.plan(), NanoClock.SYSTEM, true);
      await(
          vertx.deployVerticle(
              () -> new DatabaseVerticle(bus, lanes, config, storage, edge -> edge),
              new DeploymentOptions().setInstances(lanes.size())));
      IngestBenchmark benchmark = new IngestBenchmark(bus);
      for (int lane = 0; lane < lanes.size(); lane++) {
        int ofLane = lane;
        await(
            vertx.deployVerticle(
                new VerticleBase() {
                  @Override
                  public Future<?> start() {
                    for (int cell = 0; cell < cells; cell++) {
                      benchmark.drive(ofLane, "cell-" + ofLane + "-" + cell);
                    }
                    return Future.succeededFuture();
                  }
                }));
      }
      met = benchmark.measure(seconds, cells * lanes.size(), postgres);
      await(storage.close());
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
    System.exit(met ? 0 : 1);
  }

  private boolean measure(int seconds, int cells, TestServers.Server postgres) throws Exception {
    TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
    long before = acknowledged.get();
    long startNanos = System.nanoTime();
    measuring = true;
    TimeUnit.SECONDS.sleep(seconds);
    double perSecond = (acknowledged.get() - before) * 1e9 / (System.nanoTime() - startNanos);
    over = true;
    TimeUnit.SECONDS.sleep(2); // what is under way ends
    long stored = stored(postgres);
    String found =
        String.format(
            Locale.ROOT,
            "%.0f batches of 20 ticks a second durable, %d cells, %d s: p50 %.1f ms, p99 %.1f ms%n"
                + "acknowledged %d, stored %d%nload average: %s%n",
            perSecond,
            cells,
            seconds,
            micros.getValueAtPercentile(50) / 1e3,
            micros.getValueAtPercentile(99) / 1e3,
            acknowledged.get(),
            stored,
            Files.readString(Path.of("/proc/loadavg")).strip());
    System.out.print(found);
    Files.createDirectories(Path.of("target/evidence"));
    Files.writeString(Path.of("target/evidence/ingest.txt"), found);
    return perSecond >= WANTED && stored == acknowledged.get();
  }

  private static long stored(TestServers.Server postgres) throws Exception {
    URI uri = postgres.uri();
    String[] user = uri.getUserInfo().split(":", 2);
    String url = "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath();
    try (Connection connection = DriverManager.getConnection(url, user[0], user[1]);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from tick_batches")) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Takes the cell, then stores one batch after the other until it is over. On the lane's loop. */
  private void drive(int lane, String tenant) {
    bus.request(Address.OPEN_CELL, lane, envelope(tenant), OpenCellRequest.getDefaultInstance())
        .onSuccess(opened -> next(lane, tenant, new CommitBatches(opened.getEpoch()), 1))
        .onFailure(failure -> System.out.println(tenant + " was not opened: " + failure));
  }

  private void next(int lane, String tenant, CommitBatches batches, long number) {
    if (over) {
      return;
    }
    long startNanos = System.nanoTime();
    bus.request(Address.STORE, lane, envelope(tenant), batches.request(number))
        .onComplete(
            reply -> {
              if (reply.getOutcome() != StoreReply.Outcome.STORED) {
                System.out.println(tenant + " batch " + number + ": " + reply.getOutcome());
                return;
              }
              acknowledged.incrementAndGet();
              if (measuring) {
                micros.recordValue((System.nanoTime() - startNanos) / 1_000);
              }
              next(lane, tenant, batches, number + 1);
            },
            failure -> System.out.println(tenant + " batch " + number + ": " + failure));
  }

  private Envelope<?> envelope(String tenant) {
    return new Envelope<>(
        Hop.API_GATEWAY,
        "bench",
        tenant,
        Tier.ENTERPRISE,
        false,
        Deadline.after(DEADLINE_NANOS, NanoClock.SYSTEM),
        Ledger.detached(bus.plan()),
        OpenCellRequest.getDefaultInstance());
  }

  private static <T> T await(Future<T> step) throws Exception {
    return step.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
