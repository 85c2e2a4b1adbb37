package io.sub30.database;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.database.Spells.Spell;
import io.sub30.database.cache.Lifetime;
import io.sub30.database.cache.TieredCache;
import io.sub30.v1.LatestEntry;
import io.sub30.v1.Quote;
import io.sub30.v1.RecordedPrediction;
import io.sub30.v1.StoreRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last quote and prediction of each symbol, remembered as batches commit, in the process alone:
 * an entry is believed only within the {@link Spells spell} it was kept in, and a spell is one
 * lane's, so Redis would hold nothing that anybody else may use. Lane-bound; not thread-safe.
 */
final class LatestValues {

  private static final Logger log = LoggerFactory.getLogger(LatestValues.class);
  private static final String KIND = "latest";

  /** As long as an entry is kept when its tenant writes nothing more. */
  private static final Lifetime OWNED = Lifetime.of(10_000);

  /** While another lane may write: served as it is for a second, then while it is loaded anew. */
  private static final Lifetime FOREIGN = new Lifetime(1_000, 2_000);

  /** Between a commit and its being remembered, so that its answer goes first. */
  private static final long DELAY_MILLIS = 1;

  /** Commits that may wait to be remembered; one more, and all of them are remembered at once. */
  private static final int MAX_PENDING = 1_024;

  private record Committed(String tenant, StoreRequest stored) {}

  private final Vertx vertx;
  private final TieredCache cache;
  private final Spells spells;
  private boolean hearing;
  private final ArrayDeque<Committed> pending = new ArrayDeque<>();

  /**
   * @param cache of the process alone
   */
  LatestValues(Vertx vertx, TieredCache cache, Spells spells) {
    this.vertx = vertx;
    this.cache = cache;
    this.spells = spells;
  }

  Spells spells() {
    return spells;
  }

  /** A batch was committed. Nobody waits for its being remembered, but a reader finds it. */
  void wrote(String tenant, StoreRequest stored) {
    if (pending.size() >= MAX_PENDING) {
      keepPending();
    }
    pending.add(new Committed(tenant, stored));
    if (pending.size() == 1) {
      vertx.setTimer(DELAY_MILLIS, id -> keepPending());
    }
  }

  private void keepPending() {
    for (Committed next = pending.poll(); next != null; next = pending.poll()) {
      StoreRequest stored = next.stored();
      for (String symbol : stored.getTicks().getSymbolsList()) {
        keep(next.tenant(), stored, symbol);
      }
    }
  }

  private void keep(String tenant, StoreRequest stored, String symbol) {
    String terminal = stored.getTerminal();
    Quote quote =
        LastQuotes.of(
            terminal, stored.getSequence(), stored.getReceivedMsc(), stored.getTicks(), symbol);
    if (quote == null) {
      // Only stragglers: who wrote last, and a prediction, may have changed all the same.
      cache.invalidate(tenant, KIND, key(symbol, terminal));
      cache.invalidate(tenant, KIND, key(symbol, ""));
      return;
    }
    RecordedPrediction given =
        LastQuotes.prediction(
            terminal, stored.getSequence(), stored.getReceivedMsc(), stored.getOutcome(), symbol);
    LatestEntry before = given == null ? held(tenant, symbol, terminal) : null;
    LatestEntry.Builder entry =
        LatestEntry.newBuilder().setTenant(tenant).setSymbol(symbol).setQuote(quote);
    if (given != null) {
      entry.setPredictionKnown(true).setPrediction(given);
    } else if (before != null && before.getPredictionKnown()) {
      entry.setPredictionKnown(true);
      if (before.hasPrediction()) {
        entry.setPrediction(before.getPrediction());
      }
    }
    Spell spell = spells.of(tenant);
    entry.setSpell(spell.id());
    put(entry.setTerminal(terminal).build(), spell);
    put(entry.setTerminal("").build(), spell);
  }

  private void put(LatestEntry entry, Spell spell) {
    cache.put(
        entry.getTenant(),
        KIND,
        key(entry.getSymbol(), entry.getTerminal()),
        entry.toByteString(),
        life(spell));
  }

  private Lifetime life(Spell spell) {
    return spell.owned() && hearing ? OWNED : FOREIGN;
  }

  /**
   * Whether it is heard of what other processes write. While it is not, the cell may be another's
   * at any moment, so an entry is worth no more than one of a tenant that is.
   */
  void hearing(boolean heard) {
    hearing = heard;
    cache.forgetAll();
  }

  /** What the process holds, and whether it is stale; null when it holds nothing to be believed. */
  @Nullable Held find(String tenant, String symbol, String terminal) {
    if (!pending.isEmpty()) {
      keepPending();
    }
    TieredCache.Found found = cache.peek(tenant, KIND, key(symbol, terminal));
    if (found == null) {
      return null;
    }
    LatestEntry entry = believed(found.value(), tenant, symbol, terminal);
    return entry == null ? null : new Held(entry, found.stale());
  }

  /**
   * An entry of the process.
   *
   * @param stale to be served only while it is loaded anew
   */
  record Held(LatestEntry entry, boolean stale) {}

  private @Nullable LatestEntry held(String tenant, String symbol, String terminal) {
    TieredCache.Found found = cache.peek(tenant, KIND, key(symbol, terminal));
    return found == null ? null : believed(found.value(), tenant, symbol, terminal);
  }

  /**
   * What the loader finds, which is then remembered. Concurrent loads of one entry are one.
   *
   * @param full whether the load finds the prediction too, whatever it takes
   * @param loader gives an entry without tenant, symbol, terminal and spell; those are set here
   */
  Future<LatestEntry> load(
      String tenant,
      String symbol,
      String terminal,
      boolean full,
      Supplier<Future<LatestEntry.Builder>> loader) {
    Spell spell = spells.of(tenant);
    return cache
        .load(
            tenant,
            KIND,
            key(symbol, terminal),
            full,
            life(spell),
            () ->
                loader
                    .get()
                    .map(
                        found ->
                            found
                                .setTenant(tenant)
                                .setSymbol(symbol)
                                .setTerminal(terminal)
                                .setSpell(spell.id())
                                .build()
                                .toByteString()))
        .map(LatestValues::loaded)
        // A load that began in an earlier spell may have missed what ended it.
        .compose(
            entry ->
                entry.getSpell() == spell.id()
                    ? Future.succeededFuture(entry)
                    : loader.get().map(LatestEntry.Builder::build));
  }

  private static LatestEntry loaded(@Nullable ByteString bytes) {
    try {
      return bytes == null ? LatestEntry.getDefaultInstance() : LatestEntry.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an entry that was just written cannot be read", e);
    }
  }

  private @Nullable LatestEntry believed(
      ByteString bytes, String tenant, String symbol, String terminal) {
    try {
      LatestEntry entry = LatestEntry.parseFrom(bytes);
      if (!entry.getTenant().equals(tenant)
          || !entry.getSymbol().equals(symbol)
          || !entry.getTerminal().equals(terminal)) {
        log.error("the cache gave the quote of another key; it is not served");
        return null;
      }
      return entry.getSpell() == spells.of(tenant).id() ? entry : null;
    } catch (InvalidProtocolBufferException e) {
      log.warn("the cache holds something that is not a quote: {}", e.getMessage());
      return null;
    }
  }

  /** Neither a symbol's table nor a terminal's rule allows a line break. */
  private static String key(String symbol, String terminal) {
    return terminal.isEmpty() ? symbol : symbol + '\n' + terminal;
  }
}
