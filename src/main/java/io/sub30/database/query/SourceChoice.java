package io.sub30.database.query;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Orders the candidates of a query. Whoever is not healthy is left out, and a replica that is too
 * far behind counts as such. Of the others the preferred ones come first, but for two cases: who is
 * expected to take longer than there is time comes after those who are not, and who is expected to
 * take many times as long as a later one (the class's patience, and {@value #SLACK_NANOS} ns) comes
 * after that one. What is expected is the 90th percentile of the last answers; nothing is held
 * against a candidate of which too little is known. Lane-bound; not thread-safe.
 */
public final class SourceChoice {

  /** Differences that no asker notices, and that noise makes. */
  static final long SLACK_NANOS = 1_000_000;

  private final MovingQuantile[] latencies =
      new MovingQuantile[QueryClass.values().length * Source.values().length];

  public SourceChoice() {
    for (int i = 0; i < latencies.length; i++) {
      latencies[i] = new MovingQuantile();
    }
  }

  /**
   * Whom to ask, one after the other, until one answers.
   *
   * @param healthy whether a source may be asked: it exists, its breaker is closed, it is not too
   *     far behind
   * @param leftNanos until the query must be answered
   * @return empty when nobody may be asked
   */
  public List<Source> order(
      QueryClass query, Predicate<Source> healthy, long nowNanos, long leftNanos) {
    List<Source> order = new ArrayList<>(4);
    for (Source source : query.candidates()) {
      if (healthy.test(source)) {
        order.add(source);
      }
    }
    // An insertion sort: stable, and of three at most.
    for (int i = order.size() - 2; i >= 0; i--) {
      for (int at = i; at + 1 < order.size(); at++) {
        if (!yields(query, order.get(at), order.get(at + 1), nowNanos, leftNanos)) {
          break;
        }
        Source slower = order.set(at, order.get(at + 1));
        order.set(at + 1, slower);
      }
    }
    for (Source source : query.lastResorts()) {
      if (healthy.test(source)) {
        order.add(source);
      }
    }
    return order;
  }

  private boolean yields(
      QueryClass query, Source preferred, Source other, long nowNanos, long leftNanos) {
    long expected = expectedNanos(query, preferred, nowNanos);
    long otherwise = expectedNanos(query, other, nowNanos);
    if (expected == 0) {
      return false;
    }
    if ((expected > leftNanos) != (otherwise > leftNanos)) {
      return expected > leftNanos;
    }
    return otherwise > 0 && expected > query.patience() * otherwise + SLACK_NANOS;
  }

  /** What a source is expected to take; nanoseconds, 0 when too little is known. */
  public long expectedNanos(QueryClass query, Source source, long nowNanos) {
    return latency(query, source).nanos(nowNanos);
  }

  /** An answer, a miss or a failure took so long. */
  public void took(QueryClass query, Source source, long nowNanos, long durationNanos) {
    latency(query, source).add(nowNanos, durationNanos);
  }

  private MovingQuantile latency(QueryClass query, Source source) {
    return latencies[query.ordinal() * Source.values().length + source.ordinal()];
  }
}
