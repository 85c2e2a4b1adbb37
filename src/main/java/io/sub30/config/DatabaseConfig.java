package io.sub30.config;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * The stores.
 *
 * @param postgres the server to use; empty: one of our own under the data folder
 * @param redis likewise
 * @param commitTimeout after which a commit that has not answered is looked up
 * @param commitGroup batches that may share one commit
 * @param readConnections of each lane
 * @param columnar the columnar store's bounds
 */
public record DatabaseConfig(
    Optional<URI> postgres,
    Optional<URI> redis,
    Duration commitTimeout,
    int commitGroup,
    int readConnections,
    Columnar columnar) {

  /**
   * Bounds of the columnar store and of the relay that feeds it.
   *
   * @param memoryLimitBytes of the store
   * @param pageBatches moved in one transaction, at most
   * @param pageTicks moved in one transaction, at most
   * @param pollInterval between two looks when there is nothing to move
   */
  public record Columnar(
      long memoryLimitBytes, int pageBatches, int pageTicks, Duration pollInterval) {}

  static DatabaseConfig from(ConfigReader in) {
    return new DatabaseConfig(
        in.secretUri("postgres.uri", "postgresql", "postgres"),
        in.secretUri("redis.uri", "redis", "rediss"),
        in.duration("database.commit_timeout", Duration.ofMillis(5), Duration.ofMinutes(1)),
        in.integer("database.commit_group", 1, 10_000),
        in.integer("database.read_connections", 1, 100),
        new Columnar(
            in.bytes("columnar.memory_limit", 64L << 20, 1L << 40),
            in.integer("columnar.page_batches", 1, 100_000),
            in.integer("columnar.page_ticks", 1, 10_000_000),
            in.duration("columnar.poll_interval", Duration.ofMillis(1), Duration.ofMinutes(1))));
  }
}
