package io.sub30.database;

import io.sub30.budget.Deadline;
import io.sub30.budget.NanoClock;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.database.query.QueryClass;
import io.sub30.database.query.Source;
import io.sub30.database.query.SourceChoice;
import io.vertx.core.Future;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts a query to one source after the other, in the order {@link SourceChoice} says, and measures
 * how long each took. Lane-bound; not thread-safe.
 */
final class RoutedReads {

  private final NanoClock clock;
  private final SourceChoice choice = new SourceChoice();

  RoutedReads(NanoClock clock) {
    this.clock = clock;
  }

  /**
   * The first answer there is.
   *
   * @param healthy whether a source may be asked now
   * @param ask puts the query to a source; empty when that source does not know, which is no answer
   * @param unanswered what the asker is told when nobody answered, of the last failure
   * @return fails with what {@code unanswered} says, or at once with {@code INVALID} when a source
   *     finds the question wrong
   */
  <T> Future<T> ask(
      QueryClass query,
      Predicate<Source> healthy,
      Deadline deadline,
      Function<Source, Future<Optional<T>>> ask,
      Function<Throwable, HopFailure> unanswered) {
    Iterator<Source> order =
        choice.order(query, healthy, clock.nanoTime(), deadline.remainingNanos()).iterator();
    return next(query, order, ask, unanswered, null);
  }

  private <T> Future<T> next(
      QueryClass query,
      Iterator<Source> order,
      Function<Source, Future<Optional<T>>> ask,
      Function<Throwable, HopFailure> unanswered,
      @Nullable Throwable failure) {
    if (!order.hasNext()) {
      return Future.failedFuture(failure == null ? nobody() : unanswered.apply(failure));
    }
    Source source = order.next();
    long startNanos = clock.nanoTime();
    return ask.apply(source)
        .transform(
            (answer, failed) -> {
              measure(query, source, startNanos, failed);
              if (failed == null) {
                return answer.isPresent()
                    ? Future.succeededFuture(answer.get())
                    : next(query, order, ask, unanswered, failure);
              }
              return isInvalid(failed)
                  ? Future.failedFuture(failed)
                  : next(query, order, ask, unanswered, failed);
            });
  }

  private void measure(
      QueryClass query, Source source, long startNanos, @Nullable Throwable failed) {
    if (!(failed instanceof HopFailure)) { // else it was not asked, or the question was wrong
      long now = clock.nanoTime();
      choice.took(query, source, now, now - startNanos);
    }
  }

  private static boolean isInvalid(Throwable failure) {
    return failure instanceof HopFailure known && known.code() == FailureCode.INVALID;
  }

  private static HopFailure nobody() {
    return new HopFailure(
        Hop.DATABASE_SERVICE,
        FailureCode.UNAVAILABLE,
        "no store that could answer may be asked at the moment");
  }

  /** For queries that nothing old can stand in for. */
  static HopFailure unanswered(Throwable failure) {
    return failure instanceof TimeoutException
        ? new HopFailure(
            Hop.DATABASE_SERVICE, FailureCode.LATE, "the stores did not answer in time")
        : StoreService.unavailable(failure);
  }
}
