package io.sub30.database.postgres;

import io.sub30.budget.BreakerLimits;
import io.sub30.budget.BreakerStatus;
import io.sub30.budget.NanoClock;
import io.sub30.bus.Faults;
import io.sub30.bus.Heartbeats;
import io.sub30.v1.DependencyHealth;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The replicas of the system of record, as one lane sees them, and which of them shows enough to be
 * read.
 *
 * <p>How far a replica is behind is measured by positions in the log, on both sides: the primary is
 * asked for {@code pg_current_wal_lsn()} and each replica for {@code pg_last_wal_replay_lsn()}. The
 * newest of the primary's samples that a replica has replayed is a moment up to which it shows
 * every acknowledged commit, and the age of that moment is a bound of its lag, on an idle primary
 * too. {@code now() - pg_last_xact_replay_timestamp()} is none: it grows for as long as nobody
 * commits, and is small on a replica that is replaying an hour-old log. The bound overstates the
 * lag by up to two periods. A replica that does not answer is not read.
 *
 * <p>Lane-bound; not thread-safe.
 */
public final class Replicas {

  private static final String POSITION =
      "select (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint,"
          + " (select system_identifier from pg_control_system())";

  /** Periods within the allowed lag, of which the measuring itself takes up to two. */
  private static final int PERIODS_A_LAG = 8;

  private static final long MIN_PERIOD_MILLIS = 100;
  private static final long MAX_PERIOD_MILLIS = 500;

  private final NanoClock clock;
  private final Pool primary;
  private final long maxLagNanos;
  private final List<Replica> replicas = new ArrayList<>();
  private final List<ReplicaState> states;
  private final ReplicaChoice choice;
  private final WalSamples samples = new WalSamples();
  private long primaryIdentifier;
  private boolean askingPrimary;
  private long askedPrimaryNanos;

  /**
   * @param primary a pool of the lane, to sample the primary's log with
   * @param servers to read from; may be none
   */
  public Replicas(
      Vertx vertx, NanoClock clock, Pool primary, List<PostgresUri> servers, Reading reading) {
    this.clock = clock;
    this.primary = primary;
    this.maxLagNanos = reading.maxLag().toNanos();
    for (PostgresUri server : servers) {
      replicas.add(new Replica(vertx, clock, replicas.size() + 1, server, reading));
    }
    this.states = replicas.stream().map(Replica::state).toList();
    this.choice = new ReplicaChoice(states, maxLagNanos, ThreadLocalRandom.current()::nextInt);
    if (!replicas.isEmpty()) {
      vertx.setPeriodic(1, periodMillis(reading.maxLag()), id -> ask());
    }
  }

  /**
   * How replicas are read.
   *
   * @param connections to each replica
   * @param maxLag how old what a replica shows may be
   * @param breaker when one is not asked any more
   * @param faults what a drill injects into reads
   */
  public record Reading(int connections, Duration maxLag, BreakerLimits breaker, Faults faults) {}

  static long periodMillis(Duration maxLag) {
    long period = maxLag.toMillis() / PERIODS_A_LAG;
    return Math.max(MIN_PERIOD_MILLIS, Math.min(period, MAX_PERIOD_MILLIS));
  }

  /**
   * The replica to read from; empty when none may be.
   *
   * @param writtenNanos when the reader's last write was acknowledged: the replica shows it
   */
  public Optional<Replica> choose(long writtenNanos) {
    int chosen = choice.choose(clock.nanoTime(), writtenNanos);
    return chosen < 0 ? Optional.empty() : Optional.of(replicas.get(chosen));
  }

  private void ask() {
    if (primaryIdentifier != 0) { // else nobody can tell whose replicas they are
      replicas.forEach(replica -> replica.ask(samples, primaryIdentifier));
    }
    long now = clock.nanoTime();
    if (askingPrimary && now - askedPrimaryNanos < Replica.HANGING_NANOS) {
      return;
    }
    askingPrimary = true;
    askedPrimaryNanos = now;
    primary
        .preparedQuery(POSITION)
        .execute()
        .onComplete(
            (rows, failure) -> {
              if (now == askedPrimaryNanos) { // not given up meanwhile
                askingPrimary = false;
                if (failure == null) {
                  sampled(now, rows.iterator().next());
                }
              }
            });
  }

  private void sampled(long sentNanos, Row row) {
    if (row.getLong(1) != primaryIdentifier || !samples.add(sentNanos, row.getLong(0))) {
      states.forEach(ReplicaState::forget);
    }
    primaryIdentifier = row.getLong(1);
  }

  /** All of them as one dependency, up while one may be read; empty when none is configured. */
  public Optional<DependencyHealth> health() {
    if (replicas.isEmpty()) {
      return Optional.empty();
    }
    long now = clock.nanoTime();
    boolean up = false;
    StringBuilder detail = new StringBuilder();
    BreakerStatus worst = replicas.get(0).breaker();
    for (Replica replica : replicas) {
      // Whoever wrote an age ago asks no more than freshness.
      up |= replica.state().readable(now, maxLagNanos, now - maxLagNanos);
      detail
          .append(detail.isEmpty() ? "" : "; ")
          .append(replica.detail(now, samples.newestPosition()));
      if (replica.breaker().state().compareTo(worst.state()) > 0) {
        worst = replica.breaker();
      }
    }
    return Optional.of(
        DependencyHealth.newBuilder()
            .setName("replica")
            .setUp(up)
            .setDetail(detail.toString())
            .setBreaker(Heartbeats.breaker(worst))
            .build());
  }

  public Future<Void> close() {
    return Future.join(replicas.stream().map(Replica::close).toList()).mapEmpty();
  }
}
