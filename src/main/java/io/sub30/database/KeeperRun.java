package io.sub30.database;

import io.sub30.budget.NanoClock;
import io.sub30.config.RetentionConfig;
import io.sub30.database.columnar.ExpiredRows;
import io.sub30.database.postgres.ExpiredWeeks;
import io.sub30.database.postgres.PostgresUri;
import io.sub30.database.postgres.Retention;
import io.sub30.database.postgres.Retention.Relayed;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The runs of retention, one after the other: whole weeks of the intake, then what has expired of
 * each tenant, then the keys of both, then the columnar copy. After each step it rests for as long
 * as the step took, so that commits have the disk for half of the time at least. A run that takes
 * too long ends, and the next one goes on with the tenant it came to. Blocking; on one thread at a
 * time.
 */
final class KeeperRun {

  private static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(4);
  private static final int SNAPSHOT_LOOKS = 25;
  private static final long SNAPSHOT_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final RetentionConfig config;
  private final PostgresUri server;
  private final boolean columnarIsShared;
  private final KeeperCounts counts;
  private final NanoClock clock;
  private final BooleanSupplier stopped;

  /** The tenant before the one that is next; empty: the first one is. */
  private String resume = "";

  private long startNanos;

  /**
   * The columnar copy.
   *
   * @see io.sub30.database.columnar.Columnar#expire
   */
  @FunctionalInterface
  interface Columns {
    ExpiredRows expire(RetentionConfig.Kept kept, long nowMsc);
  }

  /**
   * How a run ended.
   *
   * @param whole whether all was done that there was to do
   * @param detail for operators
   */
  record Outcome(boolean whole, String detail) {}

  /** What is done for one tenant; false: there was no time for all of it. */
  @FunctionalInterface
  private interface Work {
    boolean run(String tenant) throws SQLException;
  }

  /**
   * @param columnarIsShared by several processes; then the one that keeps the database keeps it
   * @param stopped asked between steps
   */
  KeeperRun(
      RetentionConfig config,
      PostgresUri server,
      boolean columnarIsShared,
      KeeperCounts counts,
      BooleanSupplier stopped) {
    this.config = config;
    this.server = server;
    this.columnarIsShared = columnarIsShared;
    this.counts = counts;
    this.clock = NanoClock.SYSTEM;
    this.stopped = stopped;
  }

  /**
   * One run.
   *
   * @param relayed how far the columnar store has the intake; null when nothing of the intake
   *     expires
   * @param nowMsc ms since the epoch, UTC
   * @throws io.sub30.database.columnar.ColumnarException when the columnar store fails
   */
  Outcome run(long nowMsc, @Nullable Relayed relayed, Columns columns) throws SQLException {
    startNanos = clock.nanoTime();
    String when = Instant.ofEpochMilli(nowMsc).toString();
    boolean whole = true;
    try (Retention retention = Retention.open(server)) {
      boolean alone = retention.isAlone();
      if (alone && relayed != null) {
        whole = intake(retention, nowMsc, relayed);
      }
      if (config.columnar().isOn() && (alone || !columnarIsShared)) {
        whole &= columnar(columns, nowMsc);
      }
      String other = alone ? "" : ", another process keeps the database";
      return new Outcome(whole, (whole ? "last run " : "unfinished run ") + when + other);
    }
  }

  private boolean intake(Retention retention, long nowMsc, Relayed relayed) throws SQLException {
    ExpiredWeeks.Dropped dropped =
        retention.dropWeeks(config.intake(), nowMsc, relayed, this::goOn);
    counts.weeks.add(dropped.weeks());
    counts.batches.add(dropped.batches());
    boolean whole = eachFromTheLast(retention, tenant -> steps(retention, tenant, nowMsc, relayed));
    return marksAreSeen(retention)
        && each(retention, "", "", tenant -> keys(retention, tenant))
        && whole;
  }

  private boolean eachFromTheLast(Retention retention, Work work) throws SQLException {
    String start = resume;
    boolean whole =
        each(retention, start, "", work) && (start.isEmpty() || each(retention, "", start, work));
    resume = whole ? "" : resume;
    return whole;
  }

  private boolean each(Retention retention, String after, String upTo, Work work)
      throws SQLException {
    String last = after;
    List<String> tenants = retention.tenantsAfter(last);
    while (!tenants.isEmpty()) {
      for (String tenant : tenants) {
        if (!upTo.isEmpty() && tenant.compareTo(upTo) > 0) {
          return true;
        }
        if (!config.intake().of(tenant).isZero() && !work.run(tenant)) {
          resume = last;
          return false;
        }
        last = tenant;
      }
      tenants = retention.tenantsAfter(last);
    }
    return true;
  }

  private boolean steps(Retention retention, String tenant, long nowMsc, Relayed relayed)
      throws SQLException {
    long beforeMsc = config.intake().beforeMsc(tenant, nowMsc);
    while (goOn()) {
      long began = clock.nanoTime();
      Retention.Step step = retention.step(tenant, beforeMsc, relayed);
      if (!step.removedAny()) {
        return true;
      }
      counts.batches.add(step.batches());
      counts.signals.add(step.signals());
      restSince(began);
    }
    return false;
  }

  private boolean keys(Retention retention, String tenant) throws SQLException {
    while (goOn()) {
      long began = clock.nanoTime();
      long removed = retention.stepKeys(tenant);
      if (removed == 0) {
        return true;
      }
      counts.keys.add(removed);
      restSince(began);
    }
    return false;
  }

  /** Waits for statements that began before now; a long one leaves the keys for the next run. */
  private boolean marksAreSeen(Retention retention) throws SQLException {
    String moment = retention.now();
    for (int look = 0; look < SNAPSHOT_LOOKS && goOn(); look++) {
      if (retention.marksAreSeen(moment)) {
        return true;
      }
      LockSupport.parkNanos(SNAPSHOT_PAUSE_NANOS);
    }
    return false;
  }

  private boolean columnar(Columns columns, long nowMsc) {
    while (goOn()) {
      long began = clock.nanoTime();
      ExpiredRows rows = columns.expire(config.columnar(), nowMsc);
      if (rows.batches() == 0) {
        return true;
      }
      counts.columnarBatches.add(rows.batches());
      counts.columnarTicks.add(rows.ticks());
      restSince(began);
    }
    return false;
  }

  private boolean goOn() {
    return !stopped.getAsBoolean() && clock.nanoTime() - startNanos < MOST_NANOS;
  }

  private void restSince(long beganNanos) {
    LockSupport.parkNanos(clock.nanoTime() - beganNanos);
  }
}
