package io.sub30.database;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.database.cache.TieredCache;
import io.sub30.v1.LookupRequest;
import io.sub30.v1.StoreReply;
import io.sub30.v1.StoreRequest;
import io.vertx.core.Future;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Outcomes committed a moment ago, for clients that send a batch again because its answer got lost:
 * the cache answers them without a query. An outcome never changes once it is committed, so a
 * cached one is as good as the stored one. Lane-bound.
 */
final class RecentOutcomes {

  private static final Logger log = LoggerFactory.getLogger(RecentOutcomes.class);
  private static final String KIND = "outcome";

  /** A client that has not heard for a minute has given up or asks the store. */
  private static final long TTL_MILLIS = 60_000;

  private final TieredCache cache;

  RecentOutcomes(TieredCache cache) {
    this.cache = cache;
  }

  /** Remembers a batch that was just committed. Nobody waits for it. */
  void remember(String tenant, StoreRequest stored) {
    StoreReply entry =
        StoreReply.newBuilder()
            .setOutcome(StoreReply.Outcome.DUPLICATE)
            .setOrdinal(stored.getOrdinal())
            .setStored(stored.getOutcome())
            .setContentHash(stored.getContentHash())
            .build();
    if (entry.getSerializedSize() > TieredCache.MAX_VALUE_BYTES) {
      return;
    }
    cache.put(
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
    remember(tenant, made);
    return find(tenant, asked)
        .compose(found -> cache.invalidate(tenant, KIND, key("rehearsal", 1)))
        .otherwiseEmpty();
  }

  /** What is remembered of that key; empty when nothing is, which says nothing about the store. */
  Future<Optional<StoreReply>> find(String tenant, LookupRequest request) {
    return cache
        .get(tenant, KIND, key(request.getTerminal(), request.getSequence()))
        .map(bytes -> bytes == null ? Optional.empty() : decode(bytes, request.getContentHash()));
  }

  private static Optional<StoreReply> decode(ByteString bytes, ByteString askedHash) {
    try {
      StoreReply entry = StoreReply.parseFrom(bytes);
      if (entry.getContentHash().equals(askedHash)) {
        return Optional.of(entry);
      }
      return Optional.of(
          StoreReply.newBuilder()
              .setOutcome(StoreReply.Outcome.CONFLICT)
              .setOrdinal(entry.getOrdinal())
              .build());
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
