package io.sub30.database;

import io.sub30.budget.BreakerState;
import io.sub30.bus.DependencyBreaker;
import io.sub30.bus.Envelope;
import io.sub30.database.columnar.BarsUpTo;
import io.sub30.database.columnar.SeriesQuery;
import io.sub30.database.columnar.StoredBar;
import io.sub30.database.postgres.RecentBatches;
import io.sub30.database.query.QueryClass;
import io.sub30.database.query.Source;
import io.sub30.market.Timeframe;
import io.sub30.v1.Bar;
import io.sub30.v1.BarsRequest;
import io.sub30.v1.LatestReply;
import io.sub30.v1.LatestRequest;
import io.sub30.v1.ListBarsResponse;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Bars of a terminal and symbol: M1 bars of the columnar store, completed with the batches the
 * relay has not moved yet, so that a tick that was acknowledged is in its bar. When the columnar
 * store does not answer, bars of the newest batches alone. Lane-bound; not thread-safe.
 */
final class BarReads {

  private final LatestReads latest;
  private final Storage storage;
  private final DependencyBreaker columnar;
  private final RecentBatches batches;
  private final PrimaryReads reads;
  private final RoutedReads routes;

  /** What is read from. */
  record Sources(
      LatestReads latest,
      Storage storage,
      DependencyBreaker columnar,
      RecentBatches batches,
      PrimaryReads reads) {}

  BarReads(Sources sources, RoutedReads routes) {
    this.latest = sources.latest();
    this.storage = sources.storage();
    this.columnar = sources.columnar();
    this.batches = sources.batches();
    this.reads = sources.reads();
    this.routes = routes;
  }

  /** A page. Fails with a {@link io.sub30.bus.HopFailure} when no source had an answer in time. */
  Future<ListBarsResponse> list(Envelope<BarsRequest> asked) {
    BarsRequest request = asked.payload();
    Timeframe timeframe = Timeframe.of(request.getTimeframe());
    if (timeframe == null) {
      throw new IllegalArgumentException("no timeframe is called " + request.getTimeframe());
    }
    if (!request.getTerminal().isEmpty() && request.getFromMsc() >= 0) {
      return page(asked, Range.of(request, timeframe, 0));
    }
    LatestRequest newest =
        LatestRequest.newBuilder()
            .setSymbol(request.getSymbol())
            .setTerminal(request.getTerminal())
            .build();
    return latest
        .find(asked.with(newest))
        .compose(
            reply ->
                reply.hasQuote()
                    ? page(asked, range(request, timeframe, reply))
                    : Future.succeededFuture(nothing(request, timeframe, reply)));
  }

  private static Range range(BarsRequest request, Timeframe timeframe, LatestReply newest) {
    BarsRequest known = request.toBuilder().setTerminal(newest.getQuote().getTerminal()).build();
    return Range.of(known, timeframe, newest.getQuote().getTimeMsc());
  }

  private static ListBarsResponse nothing(
      BarsRequest request, Timeframe timeframe, LatestReply reply) {
    return ListBarsResponse.newBuilder()
        .setSymbol(request.getSymbol())
        .setTerminal(request.getTerminal())
        .setTimeframe(timeframe.name())
        .setSource(reply.getSource())
        .setComplete(true)
        .build();
  }

  private Future<ListBarsResponse> page(Envelope<BarsRequest> asked, Range range) {
    return routes.ask(
        QueryClass.BARS,
        source ->
            source == Source.COLUMNAR ? columnar.state() == BreakerState.CLOSED : reads.healthy(),
        asked.deadline(),
        source ->
            (source == Source.COLUMNAR ? fromColumnar(asked, range) : fromPrimary(asked, range))
                .map(Optional::of),
        RoutedReads::unanswered);
  }

  private Future<ListBarsResponse> fromColumnar(Envelope<BarsRequest> asked, Range range) {
    long millis = ReadTime.primaryMillis(asked.deadline().remainingNanos());
    if (millis == 0) {
      return Future.failedFuture(new TimeoutException("no time is left to ask for bars"));
    }
    return columnar
        .call(() -> storage.bars(range.minutes(asked.tenant())))
        .compose(
            stored ->
                reads
                    .call(
                        () ->
                            batches.after(
                                asked.tenant(), range.terminal(), stored.xid(), stored.id()))
                    .map(tail -> merged(range, stored, tail)))
        .timeout(millis, TimeUnit.MILLISECONDS);
  }

  private static ListBarsResponse merged(Range range, BarsUpTo stored, RecentBatches.Some tail) {
    BarSeries series = range.series(stored.bars());
    stored.bars().forEach(series::add);
    tail.batches().forEach(batch -> series.add(batch.getTicks(), range.symbol()));
    String source = tail.batches().isEmpty() ? "columnar" : "columnar+primary";
    return range.page(series, range.cut(stored.bars()), source, tail.whole());
  }

  private Future<ListBarsResponse> fromPrimary(Envelope<BarsRequest> asked, Range range) {
    long millis = ReadTime.primaryMillis(asked.deadline().remainingNanos());
    if (millis == 0) {
      return Future.failedFuture(new TimeoutException("no time is left to ask the primary"));
    }
    return reads
        .call(() -> batches.newest(asked.tenant(), range.terminal()))
        .timeout(millis, TimeUnit.MILLISECONDS)
        .map(newest -> recent(range, newest));
  }

  private static ListBarsResponse recent(Range range, RecentBatches.Some newest) {
    BarSeries series = range.series(List.of());
    for (int i = newest.batches().size() - 1; i >= 0; i--) {
      series.add(newest.batches().get(i).getTicks(), range.symbol());
    }
    return range.page(series, range.toMsc(), Source.PRIMARY.label(), newest.whole());
  }

  /** What a page is to hold, its bounds at starts of bars. */
  private record Range(
      String symbol, String terminal, Timeframe timeframe, long fromMsc, long toMsc, int limit) {

    /**
     * @param newestMsc time of the newest tick; matters only for a request without a beginning
     */
    static Range of(BarsRequest request, Timeframe timeframe, long newestMsc) {
      long to = timeframe.ceiling(request.getToMsc());
      long from = timeframe.ceiling(request.getFromMsc());
      if (request.getFromMsc() < 0) {
        long end = Math.min(to, timeframe.floor(newestMsc) + timeframe.millis());
        from = Math.max(0, end - request.getLimit() * timeframe.millis());
      }
      return new Range(
          request.getSymbol(),
          request.getTerminal(),
          timeframe,
          from,
          Math.max(from, to),
          request.getLimit());
    }

    SeriesQuery minutes(String tenant) {
      long most = Math.min((limit + 1L) * timeframe.minutes(), SeriesQuery.MAX_LIMIT);
      return new SeriesQuery(tenant, terminal, symbol, fromMsc, toMsc, (int) most);
    }

    /** Where the M1 bars end that were read: before {@code toMsc} when there were too many. */
    long cut(List<StoredBar> minutes) {
      boolean all = minutes.size() < minutes("~").limit();
      return all
          ? toMsc
          : timeframe.floor(minutes.get(minutes.size() - 1).openMsc() + Timeframe.M1.millis());
    }

    BarSeries series(List<StoredBar> minutes) {
      return new BarSeries(fromMsc, cut(minutes));
    }

    ListBarsResponse page(BarSeries series, long cutMsc, String source, boolean complete) {
      List<Bar> bars = series.of(timeframe);
      String next = cutMsc < toMsc ? Long.toString(cutMsc) : "";
      if (bars.size() > limit) {
        next = Long.toString(bars.get(limit).getOpenMsc());
        bars = bars.subList(0, limit);
      }
      return ListBarsResponse.newBuilder()
          .addAllItems(bars)
          .setNext(next)
          .setSource(source)
          .setSymbol(symbol)
          .setTerminal(terminal)
          .setTimeframe(timeframe.name())
          .setComplete(complete)
          .build();
    }
  }
}
