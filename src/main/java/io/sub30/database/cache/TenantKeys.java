package io.sub30.database.cache;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/**
 * All keys of one tenant in Redis, found by walking through the whole of it, a bounded step at a
 * time. On the loop of the caller's Vert.x.
 */
public final class TenantKeys {

  /** Keys looked at in one step; an answer may have somewhat more. */
  private static final int STEP = 500;

  private static final int ANSWER_SECONDS = 30;

  private final Redis redis;

  public TenantKeys(Vertx vertx, URI uri) {
    this.redis = Redis.createClient(vertx, uri.toString());
  }

  /** How many there are. */
  public Future<Long> count(String tenant) {
    return walk(tenant, "0", 0, keys -> Future.succeededFuture((long) keys.size()));
  }

  /** Removes them; how many there were. */
  public Future<Long> erase(String tenant) {
    return walk(tenant, "0", 0, this::remove);
  }

  private Future<Long> remove(Response keys) {
    if (keys.size() == 0) {
      return Future.succeededFuture(0L);
    }
    Request delete = Request.cmd(Command.DEL);
    keys.forEach(key -> delete.arg(key.toBuffer()));
    return send(delete).map(Response::toLong);
  }

  /** What is done with the keys of one step. */
  @FunctionalInterface
  private interface Step {
    Future<Long> take(Response keys);
  }

  private Future<Long> walk(String tenant, String cursor, long sum, Step step) {
    Request scan =
        Request.cmd(Command.SCAN)
            .arg(cursor)
            .arg("MATCH")
            .arg(CacheKey.prefix(tenant) + "*")
            .arg("COUNT")
            .arg(STEP);
    return send(scan)
        .compose(
            answer ->
                step.take(answer.get(1))
                    .compose(
                        taken -> {
                          String next = answer.get(0).toString();
                          return next.equals("0")
                              ? Future.succeededFuture(sum + taken)
                              : walk(tenant, next, sum + taken, step);
                        }));
  }

  private Future<Response> send(Request request) {
    return redis.send(request).timeout(ANSWER_SECONDS, TimeUnit.SECONDS);
  }

  public Future<Void> close() {
    return redis.close();
  }
}
