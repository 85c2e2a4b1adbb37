package io.sub30.database;

import io.sub30.budget.EpochClock;
import io.sub30.budget.NanoClock;
import io.sub30.bus.Envelope;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.database.postgres.RecordedSignals;
import io.sub30.database.postgres.Replica;
import io.sub30.database.postgres.Replicas;
import io.sub30.database.query.QueryClass;
import io.sub30.database.query.Source;
import io.sub30.v1.ListSignalsRequest;
import io.sub30.v1.ListSignalsResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The ladder of reads: a replica that shows enough, then the primary, then the last page cached.
 * Each rung has a share of the time that is left, see {@link ReadTime}, and every answer says which
 * one it came from and how old it may be. Lane-bound; not thread-safe.
 */
final class SignalReads {

  /** The source a page of the system of record itself carries. */
  static final String PRIMARY = "primary";

  /** Between an answer and its being cached, so that nobody waits for the cache. */
  private static final long KEEP_DELAY_MILLIS = 1;

  /** Pages that may wait to be cached; more than that are not. */
  private static final int MAX_KEEPING = 256;

  private final Vertx vertx;
  private final Clocks clocks;
  private final RecordedSignals primary;
  private final PrimaryReads reads;
  private final Replicas replicas;
  private final LastCommits lastCommits;
  private final CachedPages pages;
  private int keeping;

  /**
   * @param elapsed on which replicas and deadlines are measured
   * @param epoch what a page's moment is told in
   */
  record Clocks(NanoClock elapsed, EpochClock epoch) {}

  /** What is read from. */
  record Sources(
      RecordedSignals primary, PrimaryReads reads, Replicas replicas, CachedPages pages) {}

  private final RoutedReads routes;

  SignalReads(
      Vertx vertx, Clocks clocks, Sources sources, LastCommits lastCommits, RoutedReads routes) {
    this.vertx = vertx;
    this.clocks = clocks;
    this.primary = sources.primary();
    this.reads = sources.reads();
    this.replicas = sources.replicas();
    this.pages = sources.pages();
    this.lastCommits = lastCommits;
    this.routes = routes;
  }

  /**
   * One page. Fails with a {@link HopFailure}: {@code INVALID} for a bad cursor, {@code LATE} or
   * {@code UNAVAILABLE} when no rung had an answer.
   */
  Future<ListSignalsResponse> list(Envelope<ListSignalsRequest> asked) {
    Optional<Replica> replica = replicas.choose(lastCommits.writtenNanos(asked.tenant()));
    return routes.ask(
        QueryClass.SIGNALS,
        source -> source != Source.REPLICA || replica.isPresent(),
        asked.deadline(),
        source ->
            switch (source) {
              case REPLICA -> kept(asked, fromReplica(replica.orElseThrow(), asked));
              case PRIMARY -> kept(asked, fromPrimary(asked));
              default -> pages.find(asked.tenant(), asked.payload());
            },
        SignalReads::unanswered);
  }

  private Future<Optional<ListSignalsResponse>> kept(
      Envelope<ListSignalsRequest> asked, Future<ListSignalsResponse> page) {
    return page.onSuccess(answer -> keepSoon(asked, answer)).map(Optional::of);
  }

  private Future<ListSignalsResponse> fromReplica(
      Replica replica, Envelope<ListSignalsRequest> asked) {
    long millis = ReadTime.replicaMillis(asked.deadline().remainingNanos());
    if (millis == 0) {
      return Future.failedFuture(new TimeoutException("no time is left to ask a replica"));
    }
    long confirmedNanos = replica.confirmedNanos(); // before it is asked: it may get further
    return replica
        .list(asked.tenant(), asked.payload(), millis)
        .map(page -> stamped(page, replica.source(), confirmedNanos));
  }

  /** The one place where a read goes to the primary. */
  private Future<ListSignalsResponse> fromPrimary(Envelope<ListSignalsRequest> asked) {
    long millis = ReadTime.primaryMillis(asked.deadline().remainingNanos());
    if (millis == 0) {
      return Future.failedFuture(new TimeoutException("no time is left to ask the primary"));
    }
    long askedNanos = clocks.elapsed().nanoTime();
    return reads
        .call(() -> primary.list(asked.tenant(), asked.payload()))
        .timeout(millis, TimeUnit.MILLISECONDS)
        .map(page -> stamped(page, PRIMARY, askedNanos));
  }

  private ListSignalsResponse stamped(ListSignalsResponse page, String source, long asOfNanos) {
    // Rounded up, so that what is claimed of its moment is true.
    long ageMillis = (clocks.elapsed().nanoTime() - asOfNanos + 999_999) / 1_000_000;
    return page.toBuilder()
        .setSource(source)
        .setAgeMs(ageMillis)
        .setAsOfMsc(clocks.epoch().epochMillis() - ageMillis)
        .build();
  }

  private static HopFailure unanswered(Throwable failure) {
    return failure instanceof TimeoutException
        ? new HopFailure(
            Hop.DATABASE_SERVICE,
            FailureCode.LATE,
            "the system of record did not answer in time, and no page of this query is cached")
        : StoreService.unavailable(failure);
  }

  private void keepSoon(Envelope<ListSignalsRequest> asked, ListSignalsResponse page) {
    if (asked.rehearsal() || keeping >= MAX_KEEPING) {
      return;
    }
    keeping++;
    vertx.setTimer(
        KEEP_DELAY_MILLIS,
        id -> {
          keeping--;
          pages.keep(asked.tenant(), asked.payload(), page);
        });
  }
}
