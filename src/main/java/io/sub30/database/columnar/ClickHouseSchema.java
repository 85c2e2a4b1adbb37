package io.sub30.database.columnar;

import io.sub30.database.columnar.ColumnarException.Reason;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tables in ClickHouse, made when they are not there.
 *
 * <p>Every table replaces rows of one key, and every row is a function of the intake's, so what is
 * delivered again is the same row. The month is that of reception: a block falls into two
 * partitions at most, whatever times its ticks claim, and rows of one key into the same one.
 */
final class ClickHouseSchema {

  /** Of the tables below. */
  private static final int VERSION = 1;

  private static final String BY_MONTH =
      " PARTITION BY toYYYYMM(toDateTime(intDiv(received_msc, 1000), 'UTC'))";

  private static final String TICKS =
      "CREATE TABLE IF NOT EXISTS ticks (tenant String, terminal String, symbol String,"
          + " time_msc Int64, sequence Int64, idx Int32, bid Float64, ask Float64, last Float64,"
          + " volume Float64, flags Int32, quality Int32, received_msc Int64)"
          + " ENGINE = ReplacingMergeTree()"
          + BY_MONTH
          + " ORDER BY (tenant, terminal, symbol, time_msc, sequence, idx)"
          + " SETTINGS index_granularity = 8192";

  /** Parts of bars, one a batch: parts of whole blocks would differ when a block is cut anew. */
  private static final String BARS =
      "CREATE TABLE IF NOT EXISTS bars (tenant String, terminal String, symbol String,"
          + " open_msc Int64, sequence Int64, open Float64, high Float64, low Float64,"
          + " close Float64, ticks Int64, first_msc Int64, first_idx Int32, last_msc Int64,"
          + " last_idx Int32, received_msc Int64)"
          + " ENGINE = ReplacingMergeTree()"
          + BY_MONTH
          + " ORDER BY (tenant, terminal, symbol, open_msc, sequence)"
          + " SETTINGS index_granularity = 1024";

  private static final String BATCHES =
      "CREATE TABLE IF NOT EXISTS batches (tenant String, terminal String, sequence Int64,"
          + " ordinal Int64, ticks Int32, received_msc Int64)"
          + " ENGINE = ReplacingMergeTree()"
          + BY_MONTH
          + " ORDER BY (tenant, terminal, sequence) SETTINGS index_granularity = 8192";

  private static final String WATERMARK =
      "CREATE TABLE IF NOT EXISTS relay_watermark (source String, xid UInt64, id Int64)"
          + " ENGINE = ReplacingMergeTree(xid) ORDER BY source"
          + " SETTINGS index_granularity = 8192";

  private static final String POISON =
      "CREATE TABLE IF NOT EXISTS relay_poison (source String, xid UInt64, id Int64,"
          + " tenant String, terminal String, sequence Int64, reason String)"
          + " ENGINE = ReplacingMergeTree() ORDER BY (source, xid, id)"
          + " SETTINGS index_granularity = 8192";

  private static final String VERSIONS =
      "CREATE TABLE IF NOT EXISTS schema_version (version UInt32)"
          + " ENGINE = ReplacingMergeTree() ORDER BY version"
          + " SETTINGS index_granularity = 8192";

  private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+)\\..*");

  private ClickHouseSchema() {}

  /**
   * Makes what is missing.
   *
   * @return settings for inserts that this release of the server knows
   * @throws ColumnarException when the server is away, or the tables are of a newer program
   */
  static String create(ClickHouseHttp http) {
    String database = http.server().database();
    if (number(http, "SELECT toInt64(count()) FROM system.databases WHERE name = '%s'", database)
        == 0) {
      http.executeOutside("CREATE DATABASE IF NOT EXISTS " + database);
    }
    int release = release(http);
    // Rows that were acknowledged survive a power failure where the server can be told so.
    String durable = release >= 20_10 ? ", fsync_after_insert = 1, fsync_part_directory = 1" : "";
    http.execute(VERSIONS + durable);
    long version = number(http, "SELECT toInt64(max(version)) FROM %s.schema_version", database);
    if (version > VERSION) {
      throw http.failure(
          Reason.FAILED,
          "its tables are of version "
              + version
              + ", this program knows "
              + VERSION
              + ": run the newer program or name another database",
          null);
    }
    if (version < VERSION) {
      for (String table : new String[] {TICKS, BARS, BATCHES, WATERMARK, POISON}) {
        http.execute(table + durable);
      }
      http.execute("INSERT INTO schema_version VALUES (" + VERSION + ")");
    }
    // An insert must be stored when it is answered, whatever the user's profile says.
    return release >= 21_11 ? "&async_insert=0" : "";
  }

  /** Year and month: 1816 for 18.16. */
  private static int release(ClickHouseHttp http) {
    Buffer answer = http.readOutside("SELECT version()");
    String version = answer.toString(StandardCharsets.UTF_8).strip();
    Matcher release = RELEASE.matcher(version);
    if (!release.matches()) {
      throw http.failure(Reason.FAILED, "not a release number: " + version, null);
    }
    return Integer.parseInt(release.group(1)) * 100 + Integer.parseInt(release.group(2));
  }

  /** The database's name was checked to be a plain one. */
  private static long number(ClickHouseHttp http, String query, String database) {
    Buffer answer = http.readOutside(query.formatted(database) + " FORMAT RowBinary");
    return new RowBinaryAnswer(answer).int64();
  }
}
