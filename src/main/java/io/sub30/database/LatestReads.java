package io.sub30.database;

import io.sub30.budget.NanoClock;
import io.sub30.bus.Envelope;
import io.sub30.database.postgres.RecentBatches;
import io.sub30.database.query.QueryClass;
import io.sub30.database.query.Source;
import io.sub30.v1.LatestEntry;
import io.sub30.v1.LatestReply;
import io.sub30.v1.LatestRequest;
import io.sub30.v1.Quote;
import io.sub30.v1.RecordedPrediction;
import io.sub30.v1.StoredBatch;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The newest quote of a symbol, and the last prediction for it: from the process's cache, or from
 * the tenant's newest batches in the system of record, which are looked through from the newest
 * back to the {@value #MAX_BATCHES}th. Lane-bound; not thread-safe.
 */
final class LatestReads {

  /** Pages a search goes back. */
  private static final int MAX_PAGES = 16;

  static final int MAX_BATCHES = MAX_PAGES * RecentBatches.PAGE;

  /** Askers share a search and each gives up in its own time, so it has a time of its own. */
  private static final long SEARCH_NANOS = 2_000_000_000L;

  private final NanoClock clock;
  private final LatestValues values;
  private final RecentBatches batches;
  private final PrimaryReads reads;
  private final RoutedReads routes;

  /** What is read from. */
  record Sources(LatestValues values, RecentBatches batches, PrimaryReads reads) {}

  LatestReads(NanoClock clock, Sources sources, RoutedReads routes) {
    this.clock = clock;
    this.values = sources.values();
    this.batches = sources.batches();
    this.reads = sources.reads();
    this.routes = routes;
  }

  /** Fails with a {@link io.sub30.bus.HopFailure} when no source had an answer in time. */
  Future<LatestReply> find(Envelope<LatestRequest> asked) {
    return routes.ask(
        QueryClass.LATEST,
        source -> source == Source.PROCESS || reads.healthy(),
        asked.deadline(),
        source ->
            source == Source.PROCESS
                ? fromProcess(asked.tenant(), asked.payload())
                : fromPrimary(asked),
        RoutedReads::unanswered);
  }

  private Future<Optional<LatestReply>> fromProcess(String tenant, LatestRequest request) {
    LatestValues.Held held = values.find(tenant, request.getSymbol(), request.getTerminal());
    Optional<LatestReply> reply =
        held == null ? Optional.empty() : reply(held.entry(), request, Source.PROCESS);
    if (held == null || !held.stale()) {
      return Future.succeededFuture(reply);
    }
    if (reply.isPresent() && reads.healthy()) {
      load(tenant, request); // behind the asker's back; one at a time for each entry
    }
    return Future.succeededFuture(reply.map(known -> known.toBuilder().setStale(true).build()));
  }

  private Future<Optional<LatestReply>> fromPrimary(Envelope<LatestRequest> asked) {
    long millis = ReadTime.primaryMillis(asked.deadline().remainingNanos());
    if (millis == 0) {
      return Future.failedFuture(new TimeoutException("no time is left to ask the primary"));
    }
    return load(asked.tenant(), asked.payload())
        .timeout(millis, TimeUnit.MILLISECONDS)
        .map(entry -> reply(entry, asked.payload(), Source.PRIMARY));
  }

  private static Optional<LatestReply> reply(
      LatestEntry entry, LatestRequest request, Source source) {
    if (request.getPrediction() && !entry.getPredictionKnown()) {
      return Optional.empty();
    }
    LatestReply.Builder reply = LatestReply.newBuilder().setSource(source.label());
    if (entry.hasQuote()) {
      reply.setQuote(entry.getQuote().toBuilder().setSource(source.label()));
    }
    if (request.getPrediction() && entry.hasPrediction()) {
      reply.setPrediction(entry.getPrediction().toBuilder().setSource(source.label()));
    }
    return Optional.of(reply.build());
  }

  private Future<LatestEntry> load(String tenant, LatestRequest request) {
    String symbol = request.getSymbol();
    boolean full = request.getPrediction();
    return values.load(
        tenant,
        symbol,
        request.getTerminal(),
        full,
        () -> new Search(tenant, symbol, clock.nanoTime()).run(request.getTerminal(), full));
  }

  /** One look through the newest batches. */
  private final class Search {
    private final String tenant;
    private final String symbol;
    private final long startNanos;

    Search(String tenant, String symbol, long startNanos) {
      this.tenant = tenant;
      this.symbol = symbol;
      this.startNanos = startNanos;
    }

    Future<LatestEntry.Builder> run(String terminal, boolean full) {
      return newest(
              below -> batches.withTicks(tenant, terminal, symbol, below),
              batch -> LastQuotes.of(batch, symbol) == null ? null : batch)
          .compose(found -> found == null ? nothing() : entry(found, full));
    }

    private Future<LatestEntry.Builder> nothing() {
      return Future.succeededFuture(LatestEntry.newBuilder().setPredictionKnown(true));
    }

    private Future<LatestEntry.Builder> entry(StoredBatch batch, boolean full) {
      LatestEntry.Builder entry = LatestEntry.newBuilder();
      Quote quote = LastQuotes.of(batch, symbol);
      if (quote != null) {
        entry.setQuote(quote);
      }
      RecordedPrediction given = LastQuotes.prediction(batch, symbol);
      if (given != null) {
        return Future.succeededFuture(entry.setPredictionKnown(true).setPrediction(given));
      }
      return full ? withPrediction(entry, batch.getTerminal()) : Future.succeededFuture(entry);
    }

    private Future<LatestEntry.Builder> withPrediction(LatestEntry.Builder entry, String terminal) {
      return newest(
              below -> batches.withPrediction(tenant, terminal, symbol, below),
              batch -> LastQuotes.prediction(batch, symbol))
          .map(
              found -> {
                entry.setPredictionKnown(true);
                return found == null ? entry : entry.setPrediction(found);
              });
    }

    private <T> Future<@Nullable T> newest(
        Function<Long, Future<List<StoredBatch>>> page, Function<StoredBatch, @Nullable T> read) {
      return newest(page, read, Long.MAX_VALUE, 1);
    }

    private <T> Future<@Nullable T> newest(
        Function<Long, Future<List<StoredBatch>>> page,
        Function<StoredBatch, @Nullable T> read,
        long below,
        int pages) {
      if (clock.nanoTime() - startNanos > SEARCH_NANOS) {
        return Future.failedFuture(new TimeoutException("the search took too long"));
      }
      return reads
          .call(() -> page.apply(below))
          .compose(
              matches -> {
                for (StoredBatch batch : matches) {
                  T found = read.apply(batch);
                  if (found != null) {
                    return Future.succeededFuture(found);
                  }
                }
                if (pages >= MAX_PAGES) {
                  return Future.succeededFuture();
                }
                if (!matches.isEmpty()) { // none of them was one, but others may follow
                  long last = matches.get(matches.size() - 1).getOrdinal();
                  return newest(page, read, last, pages + 1);
                }
                return reads
                    .call(() -> batches.pageEnd(tenant, below))
                    .compose(
                        end ->
                            end == 0
                                ? Future.succeededFuture()
                                : newest(page, read, end, pages + 1));
              });
    }
  }
}
