package io.sub30.database;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.budget.EpochClock;
import io.sub30.database.cache.TieredCache;
import io.sub30.v1.CachedPage;
import io.sub30.v1.ListSignalsRequest;
import io.sub30.v1.ListSignalsResponse;
import io.vertx.core.Future;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last good page of each query, for when no server answers in time. Kept under the tenant and
 * the whole query, and served only while younger than its time to live, by the cache's clock and by
 * the wall-clock: Redis may hold what another process put there. Lane-bound; not thread-safe.
 */
final class CachedPages {

  /** The source a cached page carries. */
  static final String SOURCE = "cache";

  private static final Logger log = LoggerFactory.getLogger(CachedPages.class);
  private static final String KIND = "signals";

  private final TieredCache cache;
  private final EpochClock clock;
  private final long ttlMillis;
  private final MessageDigest sha256;

  /**
   * @param ttlMillis how old a page may become, from what it shows; 0: none is kept
   */
  CachedPages(TieredCache cache, EpochClock clock, long ttlMillis) {
    this.cache = cache;
    this.clock = clock;
    this.ttlMillis = ttlMillis;
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** Keeps a page for the rest of its time. Nobody waits for it. */
  void keep(String tenant, ListSignalsRequest query, ListSignalsResponse page) {
    long leftMillis = ttlMillis - ageMillis(page);
    CachedPage entry =
        CachedPage.newBuilder().setTenant(tenant).setRequest(query).setPage(page).build();
    if (leftMillis >= 1 && entry.getSerializedSize() <= TieredCache.MAX_VALUE_BYTES) {
      cache.put(tenant, KIND, key(query), entry.toByteString(), leftMillis);
    }
  }

  /** The kept page of exactly that tenant and query, with its age. */
  Future<Optional<ListSignalsResponse>> find(String tenant, ListSignalsRequest query) {
    return cache
        .get(tenant, KIND, key(query))
        .map(bytes -> bytes == null ? Optional.empty() : serve(bytes, tenant, query));
  }

  private Optional<ListSignalsResponse> serve(
      ByteString bytes, String tenant, ListSignalsRequest query) {
    try {
      CachedPage entry = CachedPage.parseFrom(bytes);
      if (!entry.getTenant().equals(tenant) || !entry.getRequest().equals(query)) {
        log.error("the cache gave a page of another query; it is not served");
        return Optional.empty();
      }
      long ageMillis = ageMillis(entry.getPage());
      return ageMillis >= ttlMillis
          ? Optional.empty()
          : Optional.of(entry.getPage().toBuilder().setSource(SOURCE).setAgeMs(ageMillis).build());
    } catch (InvalidProtocolBufferException e) {
      log.warn("the cache holds something that is not a page: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** A wall-clock that was set back makes no page younger than new. */
  private long ageMillis(ListSignalsResponse page) {
    return Math.max(0, clock.epochMillis() - page.getAsOfMsc());
  }

  /** A digest, as the parts of a query together may be longer than a key. */
  private String key(ListSignalsRequest query) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(sha256.digest(query.toByteArray()));
  }
}
