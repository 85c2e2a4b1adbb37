package io.sub30.database.postgres;

import io.sub30.budget.BreakerStatus;
import io.sub30.budget.NanoClock;
import io.sub30.bus.Dependency;
import io.sub30.bus.DependencyBreaker;
import io.sub30.bus.FaultPoint;
import io.sub30.bus.Faults;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.v1.ListSignalsRequest;
import io.sub30.v1.ListSignalsResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica of the system of record, with the lane's own connections to it. Lane-bound; not
 * thread-safe.
 */
public final class Replica {

  private static final Logger log = LoggerFactory.getLogger(Replica.class);

  private static final String PROGRESS =
      "select pg_is_in_recovery(), coalesce((pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint, 0),"
          + " (select system_identifier from pg_control_system())";

  /** A question that hangs for so long will not be answered: its connections are given up. */
  static final long HANGING_NANOS = 5_000_000_000L;

  private final Vertx vertx;
  private final NanoClock clock;
  private final int number;
  private final PostgresUri server;
  private final int connections;
  private final DependencyBreaker breaker;
  private final Faults faults;
  private final ReplicaState state = new ReplicaState();
  private Pool pool;
  private boolean asking;
  private long askedNanos;

  Replica(Vertx vertx, NanoClock clock, int number, PostgresUri server, Replicas.Reading reading) {
    this.vertx = vertx;
    this.clock = clock;
    this.number = number;
    this.server = server;
    this.connections = reading.connections();
    this.faults = reading.faults();
    this.pool = Pools.pool(vertx, server, Role.READER, connections);
    this.breaker =
        new DependencyBreaker(
            vertx,
            clock,
            Dependency.of(source(), Hop.DATABASE_SERVICE)
                .atFaultWhen(failure -> !(failure instanceof HopFailure)),
            reading.breaker(),
            () -> faults.pass(FaultPoint.REPLICA, () -> pool.query("select 1").execute()));
  }

  ReplicaState state() {
    return state;
  }

  /** The name an answer carries: {@code replica:1} is the first of the list. */
  public String source() {
    return "replica:" + number;
  }

  /** The moment, of the lane's clock, up to which every acknowledged commit is shown. */
  public long confirmedNanos() {
    return state.confirmedNanos();
  }

  /**
   * Reads a page; the one place where a request goes to a replica. A failed or late answer lets the
   * replica rest.
   *
   * @param timeoutMillis after which the answer is no longer waited for, 1 or more
   */
  public Future<ListSignalsResponse> list(
      String tenant, ListSignalsRequest request, long timeoutMillis) {
    return breaker
        .call(
            () ->
                faults
                    .pass(FaultPoint.REPLICA, () -> ask(tenant, request))
                    .timeout(timeoutMillis, TimeUnit.MILLISECONDS))
        .onFailure(this::unserved);
  }

  private Future<ListSignalsResponse> ask(String tenant, ListSignalsRequest request) {
    long startNanos = clock.nanoTime();
    state.asked();
    return new RecordedSignals(pool)
        .list(tenant, request)
        .onComplete(answer -> state.ended())
        .onSuccess(page -> state.measured(clock.nanoTime() - startNanos));
  }

  BreakerStatus breaker() {
    return breaker.status();
  }

  private void unserved(Throwable failure) {
    // A bad cursor is the asker's fault, and an open breaker asked nobody: both are a HopFailure.
    if (!(failure instanceof HopFailure) && state.rest(clock.nanoTime())) {
      log.warn("{} rests for a second, a read was not served: {}", source(), failure.toString());
    }
  }

  /** Asks how far it is; whoever has not answered the question before is not read meanwhile. */
  void ask(WalSamples samples, long primaryIdentifier) {
    long now = clock.nanoTime();
    if (asking) {
      state.unusable("does not answer");
      if (now - askedNanos > HANGING_NANOS) {
        Pool hanging = pool;
        pool = Pools.pool(vertx, server, Role.READER, connections);
        asking = false;
        hanging.close();
      }
      return;
    }
    asking = true;
    askedNanos = now;
    Pool asked = pool;
    asked
        .preparedQuery(PROGRESS)
        .execute()
        .onComplete(
            rows -> {
              if (asked == pool) {
                asking = false;
                state.measured(clock.nanoTime() - now);
                heard(rows.iterator().next(), samples, primaryIdentifier);
              }
            },
            failure -> {
              if (asked == pool) {
                asking = false;
                state.unusable("does not answer: " + failure.getMessage());
              }
            });
  }

  private void heard(Row row, WalSamples samples, long primaryIdentifier) {
    if (row.getLong(2) != primaryIdentifier) {
      state.unusable("is not a replica of postgres.uri: its system identifier is another");
    } else if (!row.getBoolean(0)) {
      state.unusable("is no replica any more: it is not in recovery");
    } else {
      long position = row.getLong(1);
      state.replayed(position, samples.replayed(position));
    }
  }

  String detail(long nowNanos, long primaryPosition) {
    return source() + " at " + server + ": " + state.detail(nowNanos, primaryPosition);
  }

  Future<Void> close() {
    breaker.close();
    return pool.close();
  }
}
