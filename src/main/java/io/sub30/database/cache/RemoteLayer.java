package io.sub30.database.cache;

import com.google.protobuf.ByteString;
import io.sub30.budget.BreakerStatus;
import io.vertx.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The layer behind the process. Its calls never fail and never take longer than its timeout: what
 * went wrong is a miss, or a value that was not kept, and is counted.
 */
interface RemoteLayer {

  /** What is held for a key and for how much longer, or null. */
  Future<@Nullable Held> get(String key);

  Future<Void> put(String key, ByteString value, long ttlMillis);

  Future<Void> remove(String key);

  /** Calls are let through. */
  boolean up();

  /** What is wrong, or "ok". */
  String detail();

  /** Calls that failed or were late. */
  long failures();

  /** The breaker before it, if there is one; on the lane. */
  default Optional<BreakerStatus> breaker() {
    return Optional.empty();
  }

  Future<Void> close();

  /** A value and its time to live. */
  record Held(ByteString value, long ttlMillis) {}

  /** No Redis is configured. */
  RemoteLayer NONE =
      new RemoteLayer() {
        @Override
        public Future<@Nullable Held> get(String key) {
          return Future.succeededFuture();
        }

        @Override
        public Future<Void> put(String key, ByteString value, long ttlMillis) {
          return Future.succeededFuture();
        }

        @Override
        public Future<Void> remove(String key) {
          return Future.succeededFuture();
        }

        @Override
        public boolean up() {
          return false;
        }

        @Override
        public String detail() {
          return "not configured";
        }

        @Override
        public long failures() {
          return 0;
        }

        @Override
        public Future<Void> close() {
          return Future.succeededFuture();
        }
      };
}
