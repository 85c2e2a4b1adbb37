package io.sub30.database.columnar;

import io.sub30.budget.NanoClock;
import io.sub30.database.columnar.ColumnarException.Reason;
import java.util.concurrent.TimeUnit;

/**
 * Deletes in ClickHouse. They are mutations, which the server carries out after it has answered, by
 * writing the parts that hold such rows anew; releases before 19.11 cannot be told to wait.
 */
final class ClickHouseMutations {

  private static final long POLL_MILLIS = 20;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final ClickHouseHttp http;
  private final NanoClock clock;

  ClickHouseMutations(ClickHouseHttp http, NanoClock clock) {
    this.http = http;
    this.clock = clock;
  }

  /**
   * Deletes rows and returns when they are gone.
   *
   * @param table a constant
   * @param condition in which every text is a literal of {@link SqlLiteral}
   * @throws ColumnarException {@code FAILED} when the server has not done it within 10 minutes
   */
  void delete(String table, String condition) {
    http.execute("ALTER TABLE " + table + " DELETE WHERE " + condition);
    long start = clock.nanoTime();
    while (pending(table) > 0) {
      if (clock.nanoTime() - start > PATIENCE_NANOS) {
        throw http.failure(
            Reason.FAILED,
            "a DELETE of " + table + " is not done after 10 minutes; see system.mutations",
            null);
      }
      pause();
    }
  }

  private long pending(String table) {
    String query =
        "SELECT toInt64(count()) FROM system.mutations WHERE database = "
            + SqlLiteral.of(http.server().database())
            + " AND table = "
            + SqlLiteral.of(table)
            + " AND is_done = 0"
            + ClickHouseStatements.FORMAT;
    return new RowBinaryAnswer(http.read(query)).int64();
  }

  private void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw http.failure(Reason.FAILED, "interrupted while it deletes", e);
    }
  }
}
