package io.sub30.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The stores.
 *
 * @param postgres the server to use; empty: one of our own under the data folder
 * @param redis likewise
 * @param commitTimeout after which a commit that has not answered is looked up
 * @param commitGroup batches that may share one commit
 * @param readConnections of each lane
 * @param reads where pages of records are read from
 * @param columnar the columnar store's bounds
 * @param down what becomes of batches while the system of record is away
 * @param retention how long each store keeps what
 */
public record DatabaseConfig(
    Optional<URI> postgres,
    Optional<URI> redis,
    Duration commitTimeout,
    int commitGroup,
    int readConnections,
    Reads reads,
    Columnar columnar,
    Down down,
    RetentionConfig retention) {

  /** Replicas that may be configured. */
  public static final int MAX_REPLICAS = 8;

  /**
   * The ladder of reads: a replica, the primary, the cache.
   *
   * @param replicas of the system of record, to read from; may be none
   * @param replicaMaxLag a replica is read only while it certainly shows everything that was
   *     committed so long ago
   * @param cacheTtl how old a cached page may be that is served when no server answers in time;
   *     zero: none is
   */
  public record Reads(List<URI> replicas, Duration replicaMaxLag, Duration cacheTtl) {

    public Reads {
      replicas = List.copyOf(replicas);
    }

    /** Without the URIs, which hold passwords. */
    @Override
    public String toString() {
      return "Reads["
          + replicas.size()
          + " replicas, replicaMaxLag="
          + replicaMaxLag
          + ", cacheTtl="
          + cacheTtl
          + "]";
    }
  }

  /**
   * The columnar store, and bounds of it and of the relay that feeds it.
   *
   * @param clickHouse the server to use; empty: a DuckDB file under the data folder
   * @param memoryLimitBytes of the store
   * @param pageBatches moved in one transaction, at most
   * @param pageTicks moved in one transaction, at most
   * @param pollInterval between two looks when there is nothing to move
   */
  public record Columnar(
      Optional<URI> clickHouse,
      long memoryLimitBytes,
      int pageBatches,
      int pageTicks,
      Duration pollInterval) {

    /** Without the URI, which holds a password. */
    @Override
    public String toString() {
      return "Columnar["
          + (clickHouse.isPresent() ? "ClickHouse" : "DuckDB")
          + ", memoryLimitBytes="
          + memoryLimitBytes
          + ", pageBatches="
          + pageBatches
          + ", pageTicks="
          + pageTicks
          + ", pollInterval="
          + pollInterval
          + "]";
    }
  }

  private static final Pattern DATABASE_PATH = Pattern.compile("/?|/[A-Za-z_][A-Za-z0-9_]{0,62}");

  /** No message shows the value, which holds a password. */
  private static Optional<URI> clickHouse(ConfigReader in) {
    Optional<URI> uri = in.secretUri("clickhouse.uri", "http");
    uri.map(URI::getPath)
        .filter(path -> !DATABASE_PATH.matcher(path).matches())
        .ifPresent(
            path -> {
              throw new ConfigException(
                  "clickhouse.uri names the database "
                      + ConfigTree.shorten(path.substring(1))
                      + "; it must be a plain name of letters, digits and underscores");
            });
    return uri;
  }

  /**
   * What becomes of batches while the system of record is away.
   *
   * @param spools whether they are kept on the local disk until it is back; else they are refused
   * @param spoolMaxBytes that may wait there
   */
  public record Down(boolean spools, long spoolMaxBytes) {

    private static final String POLICY = "database.when_down";

    static Down from(ConfigReader in) {
      boolean spools =
          switch (in.text(POLICY)) {
            case "refuse" -> false;
            case "spool" -> true;
            default -> throw in.refuse(POLICY, "refuse or spool");
          };
      return new Down(spools, in.bytes("database.spool_max", 1L << 20, 1L << 40));
    }
  }

  static DatabaseConfig from(ConfigReader in) {
    return new DatabaseConfig(
        in.secretUri("postgres.uri", "postgresql", "postgres"),
        in.secretUri("redis.uri", "redis", "rediss"),
        in.duration("database.commit_timeout", Duration.ofMillis(5), Duration.ofMinutes(1)),
        in.integer("database.commit_group", 1, 10_000),
        in.integer("database.read_connections", 1, 100),
        new Reads(
            in.secretUris("postgres.replicas", MAX_REPLICAS, "postgresql", "postgres"),
            in.duration("database.replica_max_lag", Duration.ofMillis(500), Duration.ofMinutes(1)),
            in.duration("database.read_cache_ttl", Duration.ZERO, Duration.ofHours(24))),
        new Columnar(
            clickHouse(in),
            in.bytes("columnar.memory_limit", 64L << 20, 1L << 40),
            in.integer("columnar.page_batches", 1, 100_000),
            in.integer("columnar.page_ticks", 1, 10_000_000),
            in.duration("columnar.poll_interval", Duration.ofMillis(1), Duration.ofMinutes(1))),
        Down.from(in),
        RetentionConfig.from(in));
  }
}
