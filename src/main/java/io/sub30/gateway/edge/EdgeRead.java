package io.sub30.gateway.edge;

import io.sub30.gateway.edge.EdgeCache.Result;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One question while it is answered: first {@link #find}; if that gives nothing, a lane is asked
 * and {@link #made} is told. Not thread-safe.
 */
public final class EdgeRead {

  private static final CharSequence ETAG = HttpHeaders.createOptimized("etag");
  private static final CharSequence VARY = HttpHeaders.createOptimized("vary");
  private static final CharSequence CACHE_CONTROL = HttpHeaders.createOptimized("cache-control");
  private static final CharSequence AGE = HttpHeaders.createOptimized("age");
  private static final CharSequence CACHE_STATUS = HttpHeaders.createOptimized("cache-status");

  /** RFC 9211. */
  private static final CharSequence HIT = HttpHeaders.createOptimized("sub30; hit");

  private static final String MISSED = "sub30; fwd=miss";
  private static final String FORCED = "sub30; fwd=request";
  private static final String STORED = "; stored";

  /** What may be sent again only after it was asked whether it is still right. */
  private static final String CHECK_FIRST = "private, no-cache";

  /** Nothing is a tenant's own but by its token, and the form is the client's choice. */
  private static final CharSequence DEPENDS_ON =
      HttpHeaders.createOptimized("authorization, accept");

  private final EdgeCache cache;
  private final AnswerKey key;
  private final boolean forced;
  private final long askedNanos;
  // Read before the lane is asked: an answer that a write overtook must not pass for a newer one.
  private final int generation;
  private boolean hit;
  private boolean keeps;

  EdgeRead(EdgeCache cache, AnswerKey key, boolean forced) {
    this.cache = cache;
    this.key = key;
    this.forced = forced;
    this.askedNanos = cache.nowNanos();
    this.generation = cache.generation(key.tenant());
  }

  /** The kept answer; null when a lane must be asked. */
  public @Nullable EdgeAnswer find() {
    if (!cache.isOn()) {
      return null;
    }
    EdgeAnswer answer = forced ? null : cache.find(key, askedNanos);
    hit = answer != null;
    cache.count(hit ? Result.HIT : forced ? Result.FORCED : Result.MISS);
    return answer;
  }

  /** Whether the answer is to be of that type. */
  public boolean isOf(String contentType) {
    return key.contentType().equals(contentType);
  }

  /**
   * A lane has answered.
   *
   * @param tag a strong entity tag of the body, with its quotes
   * @param mayKeep false when it is less than was asked for, or known to be old
   */
  public EdgeAnswer made(Buffer body, String tag, boolean mayKeep) {
    EdgeAnswer answer = new EdgeAnswer(key.contentType(), body, tag, askedNanos, generation);
    keeps = mayKeep && cache.isOn();
    if (keeps) {
      cache.keep(key, answer);
    }
    return answer;
  }

  /** The header fields of that answer, the same whether its body is sent or the client has it. */
  public void headers(EdgeAnswer answer, BiConsumer<CharSequence, CharSequence> put) {
    put.accept(ETAG, answer.tag());
    put.accept(VARY, DEPENDS_ON);
    put.accept(CACHE_CONTROL, hit || keeps ? cache.lifetime() : CHECK_FIRST);
    if (hit) {
      put.accept(AGE, Long.toString(EdgeCache.ageSeconds(askedNanos - answer.askedNanos())));
      put.accept(CACHE_STATUS, HIT);
    } else if (cache.isOn()) {
      String forwarded = forced ? FORCED : MISSED;
      put.accept(CACHE_STATUS, keeps ? forwarded + STORED : forwarded);
    }
  }

  /** The client has that answer already, and is told so. */
  public void revalidated() {
    cache.countRevalidated();
  }
}
