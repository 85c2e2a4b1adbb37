package io.sub30.database;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.database.cache.TieredCache;
import io.sub30.v1.CachedOutcome;
import io.sub30.v1.LookupRequest;
import io.sub30.v1.StoreReply;
import io.sub30.v1.StoreRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Outcomes committed a moment ago, for clients that send a batch again because its answer got lost:
 * Redis answers them without a query. Not the process: nearly all are never asked for, and a minute
 * of them was most of what the collector copied, and paused for. An outcome never changes once it
 * is committed, so a cached one is as good as the stored one, if it is that batch's: Redis is a
 * server of its own, and an entry that is not of exactly this tenant, key and content says nothing.
 * Least of all does it refuse: that a sequence is in use is for the store to say. Lane-bound.
 */
final class RecentOutcomes {

  private static final Logger log = LoggerFactory.getLogger(RecentOutcomes.class);
  private static final String KIND = "outcome";

  /** A client that has not heard for a minute has given up or asks the store. */
  private static final long TTL_MILLIS = 60_000;

  /**
   * Between a commit and its being remembered. Told to run next, the loop would take it before the
   * answer, whose own message is only queued after it; a client that asks again is not that quick.
   */
  private static final long DELAY_MILLIS = 1;

  /** Commits that may wait to be remembered; of more than that the store itself is asked. */
  private static final int MAX_PENDING = 4_096;

  private record Committed(String tenant, StoreRequest stored) {}

  private final Vertx vertx;
  private final TieredCache cache;
  private final ArrayDeque<Committed> pending = new ArrayDeque<>();

  RecentOutcomes(Vertx vertx, TieredCache cache) {
    this.vertx = vertx;
    this.cache = cache;
  }

  /** Remembers a batch that was just committed, soon. Nobody waits for it. */
  void remember(String tenant, StoreRequest stored) {
    if (pending.size() >= MAX_PENDING) {
      return;
    }
    pending.add(new Committed(tenant, stored));
    if (pending.size() == 1) {
      vertx.setTimer(DELAY_MILLIS, id -> keepPending());
    }
  }

  private void keepPending() {
    for (Committed next = pending.poll(); next != null; next = pending.poll()) {
      keep(next.tenant(), next.stored());
    }
  }

  private void keep(String tenant, StoreRequest stored) {
    CachedOutcome entry =
        CachedOutcome.newBuilder()
            .setTenant(tenant)
            .setTerminal(stored.getTerminal())
            .setSequence(stored.getSequence())
            .setContentHash(stored.getContentHash())
            .setOrdinal(stored.getOrdinal())
            .setOutcome(stored.getOutcome())
            .build();
    if (entry.getSerializedSize() > TieredCache.MAX_VALUE_BYTES) {
      return;
    }
    cache.putBehind(
        tenant,
        KIND,
        key(stored.getTerminal(), stored.getSequence()),
        entry.toByteString(),
        TTL_MILLIS);
  }

  /**
   * Remembers, finds and forgets a made-up outcome, so that the first real one finds the classes
   * loaded and the connection to Redis open. Never fails.
   */
  Future<Void> rehearse(int lane) {
    String tenant = "~rehearsal-" + lane;
    StoreRequest made = StoreRequest.newBuilder().setTerminal("rehearsal").setSequence(1).build();
    LookupRequest asked =
        LookupRequest.newBuilder().setTerminal("rehearsal").setSequence(1).build();
    keep(tenant, made);
    return find(tenant, asked)
        .compose(found -> cache.invalidate(tenant, KIND, key("rehearsal", 1)))
        .otherwiseEmpty();
  }

  /** What is remembered of that key; empty when nothing is, which says nothing about the store. */
  Future<Optional<StoreReply>> find(String tenant, LookupRequest request) {
    return cache
        .get(tenant, KIND, key(request.getTerminal(), request.getSequence()))
        .map(bytes -> bytes == null ? Optional.empty() : decode(bytes, tenant, request));
  }

  private static Optional<StoreReply> decode(
      ByteString bytes, String tenant, LookupRequest request) {
    try {
      CachedOutcome entry = CachedOutcome.parseFrom(bytes);
      boolean asked =
          entry.getTenant().equals(tenant)
              && entry.getTerminal().equals(request.getTerminal())
              && entry.getSequence() == request.getSequence();
      if (!asked) {
        log.error("the cache gave the outcome of another batch; the store is asked instead");
      }
      return asked && entry.hasOutcome() && entry.getContentHash().equals(request.getContentHash())
          ? Optional.of(
              StoreReply.newBuilder()
                  .setOutcome(StoreReply.Outcome.DUPLICATE)
                  .setOrdinal(entry.getOrdinal())
                  .setStored(entry.getOutcome())
                  .build())
          : Optional.empty();
    } catch (InvalidProtocolBufferException e) {
      log.warn(
          "the cache holds something that is not an outcome; the store is asked instead: {}",
          e.getMessage());
      return Optional.empty();
    }
  }

  private static String key(String terminal, long sequence) {
    return terminal + '/' + sequence;
  }
}
