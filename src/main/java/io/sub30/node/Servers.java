package io.sub30.node;

import io.sub30.config.DatabaseConfig;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The servers this process stores in: those that are configured, and for what is not, one of its
 * own under the data folder. Its own are started side by side and stopped with it. Blocking; for
 * the main thread.
 */
final class Servers implements AutoCloseable {

  private final @Nullable EmbeddedPostgres ownPostgres;
  private final @Nullable EmbeddedRedis ownRedis;
  private final URI postgres;
  private final URI redis;

  private Servers(
      URI postgres,
      URI redis,
      @Nullable EmbeddedPostgres ownPostgres,
      @Nullable EmbeddedRedis ownRedis) {
    this.postgres = postgres;
    this.redis = redis;
    this.ownPostgres = ownPostgres;
    this.ownRedis = ownRedis;
  }

  /**
   * Starts what is not configured.
   *
   * @throws io.sub30.config.ConfigException when one of them cannot be started; the other is
   *     stopped then
   */
  static Servers start(DatabaseConfig config, DataFolder folder, Consumer<String> progress) {
    CompletableFuture<@Nullable EmbeddedRedis> redis =
        config.redis().isPresent()
            ? CompletableFuture.completedFuture(null)
            : CompletableFuture.supplyAsync(() -> EmbeddedRedis.start(folder, progress));
    EmbeddedPostgres postgres = null;
    try {
      postgres = config.postgres().isPresent() ? null : EmbeddedPostgres.start(folder, progress);
      EmbeddedRedis ownRedis = redis.join();
      return new Servers(
          postgres == null ? config.postgres().orElseThrow() : postgres.uri(),
          ownRedis == null ? config.redis().orElseThrow() : ownRedis.uri(),
          postgres,
          ownRedis);
    } catch (RuntimeException e) {
      if (postgres != null) {
        postgres.close();
      }
      redis.thenAccept(
          started -> {
            if (started != null) {
              started.close();
            }
          });
      throw e instanceof CompletionException && e.getCause() instanceof RuntimeException cause
          ? cause
          : e;
    }
  }

  URI postgres() {
    return postgres;
  }

  URI redis() {
    return redis;
  }

  @Override
  public void close() {
    if (ownRedis != null) {
      ownRedis.close();
    }
    if (ownPostgres != null) {
      ownPostgres.close();
    }
  }
}
