package io.sub30.database;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sub30.budget.EpochClock;
import io.sub30.config.RetentionConfig;
import io.sub30.database.columnar.Columnar;
import io.sub30.database.postgres.PostgresUri;
import io.sub30.database.postgres.Retention.Relayed;
import io.sub30.v1.DependencyHealth;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what has expired, soon after the start and then once an hour, on a worker of its own.
 * Only what the columnar store has taken is removed from the system of record; while that does not
 * tell, nothing is. Started and closed on one lane; health and figures from any thread.
 */
final class Keeper {

  static final long FIRST_MILLIS = 10_000;
  private static final long AGAIN_MILLIS = 60_000;
  private static final long PERIOD_MILLIS = 60L * 60 * 1_000;

  /** A run's own bound, and a deletion in ClickHouse that is waited for. */
  private static final int MOST_BLOCKED_MINUTES = 15;

  private static final Logger log = LoggerFactory.getLogger(Keeper.class);

  private final RetentionConfig config;
  private final EpochClock clock;
  private final KeeperCounts counts = new KeeperCounts();
  private final KeeperRun run;
  private @Nullable Vertx vertx;
  private @Nullable WorkerExecutor worker;
  private long timer = -1;
  private volatile boolean closed;
  private volatile boolean well = true;
  private volatile String lastRun = "no run yet";
  private volatile long lastWholeMsc;

  /**
   * @param columnarIsShared several processes may use the same columnar store
   */
  Keeper(RetentionConfig config, PostgresUri server, boolean columnarIsShared, EpochClock clock) {
    this.config = config;
    this.clock = clock;
    this.run = new KeeperRun(config, server, columnarIsShared, counts, () -> closed);
  }

  void meters(MeterRegistry registry) {
    counts.meters(registry);
    Gauge.builder("sub30.retention.last.run.seconds", this, keeper -> keeper.lastWholeMsc / 1e3)
        .description("When the last complete run began, since the epoch; 0: none was.")
        .register(registry);
  }

  /** Begins, when anything ever expires. */
  void start(Vertx onVertx, Future<Columnar> columnar) {
    if (!config.intake().isOn() && !config.columnar().isOn()) {
      lastRun = "everything is kept for ever";
      return;
    }
    vertx = onVertx;
    WorkerExecutor own =
        onVertx.createSharedWorkerExecutor(
            "sub30-keeper", 1, MOST_BLOCKED_MINUTES, TimeUnit.MINUTES);
    worker = own;
    schedule(onVertx, own, columnar, FIRST_MILLIS);
  }

  private void schedule(Vertx onVertx, WorkerExecutor own, Future<Columnar> columnar, long millis) {
    if (closed) {
      return;
    }
    timer =
        onVertx.setTimer(
            millis,
            id ->
                columnar
                    .compose(opened -> run(own, opened))
                    .onComplete(
                        outcome ->
                            schedule(
                                onVertx,
                                own,
                                columnar,
                                outcome.whole() ? PERIOD_MILLIS : AGAIN_MILLIS),
                        failure -> {
                          failed(failure);
                          schedule(onVertx, own, columnar, AGAIN_MILLIS);
                        }));
  }

  private Future<KeeperRun.Outcome> run(WorkerExecutor own, Columnar columnar) {
    Future<@Nullable Relayed> relayed =
        config.intake().isOn()
            ? columnar.relayedUpTo().map(upTo -> new Relayed(upTo.xid(), upTo.id()))
            : Future.succeededFuture();
    long nowMsc = clock.epochMillis();
    return relayed
        .compose(upTo -> own.executeBlocking(() -> run.run(nowMsc, upTo, columnar::expire)))
        .onSuccess(
            outcome -> {
              well = true;
              lastRun = outcome.detail();
              lastWholeMsc = outcome.whole() ? nowMsc : lastWholeMsc;
            });
  }

  private void failed(Throwable failure) {
    if (closed) {
      return;
    }
    counts.failures.increment();
    if (well) {
      log.warn("retention is interrupted, tries again: {}", failure.toString());
    }
    well = false;
    lastRun = "failed: " + failure.getMessage();
  }

  /** What operators are shown; not required, as everything is served without it. */
  DependencyHealth health() {
    return DependencyHealth.newBuilder()
        .setName("retention")
        .setUp(well)
        .setDetail(lastRun + "; " + counts)
        .build();
  }

  /** Stops after the step under way. */
  Future<Void> close() {
    closed = true;
    if (vertx != null) {
      vertx.cancelTimer(timer);
    }
    return worker == null ? Future.succeededFuture() : worker.close();
  }
}
