package io.sub30.database.columnar;

import io.sub30.budget.BreakerLimits;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the columnar store lies and what the relay may hold.
 *
 * @param file the DuckDB file; its folder is created
 * @param memoryLimitBytes what DuckDB may hold in memory, 64 MiB or more
 * @param role PostgreSQL role the relay takes after connecting; it must see every tenant's rows.
 *     Null keeps the connection's own
 * @param pageRows batches read and appended at a time, at most; 1 to 100,000
 * @param pageTicks ticks in them, at most; a larger batch travels alone
 * @param pageBytes encoded bytes in them, at most; likewise
 * @param pollMillis between two looks when there is nothing to relay, 1 to 60,000
 * @param breaker how the relay's attempts are counted
 * @param clickHouse the server to use in place of a DuckDB file; null: the file
 */
public record ColumnarOptions(
    Path file,
    long memoryLimitBytes,
    @Nullable String role,
    int pageRows,
    int pageTicks,
    int pageBytes,
    int pollMillis,
    BreakerLimits breaker,
    @Nullable ClickHouseUri clickHouse) {

  private static final Pattern ROLE = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  public ColumnarOptions {
    require("memory limit in bytes", memoryLimitBytes, 64L << 20, 1L << 40);
    require("page rows", pageRows, 1, 100_000);
    require("page ticks", pageTicks, 1, 10_000_000);
    require("page bytes", pageBytes, 1, 1 << 30);
    require("poll interval in ms", pollMillis, 1, 60_000);
    if (role != null && !ROLE.matcher(role).matches()) {
      throw new IllegalArgumentException(
          "role '" + role + "' must be a plain lower-case PostgreSQL name");
    }
  }

  /** For a file: 256 MiB, pages of 2,000 batches, 100,000 ticks and 32 MiB, a look each 250 ms. */
  public static ColumnarOptions of(Path file) {
    return new ColumnarOptions(
        file, 256L << 20, null, 2_000, 100_000, 32 << 20, 250, BreakerLimits.DEFAULT, null);
  }

  /** The same with the role the relay takes. */
  public ColumnarOptions withRole(String name) {
    return new ColumnarOptions(
        file,
        memoryLimitBytes,
        name,
        pageRows,
        pageTicks,
        pageBytes,
        pollMillis,
        breaker,
        clickHouse);
  }

  /** The same with other page limits. */
  public ColumnarOptions withPages(int rows, int ticks) {
    return new ColumnarOptions(
        file, memoryLimitBytes, role, rows, ticks, pageBytes, pollMillis, breaker, clickHouse);
  }

  /** The same in a ClickHouse database. */
  public ColumnarOptions in(ClickHouseUri server) {
    return new ColumnarOptions(
        file, memoryLimitBytes, role, pageRows, pageTicks, pageBytes, pollMillis, breaker, server);
  }

  private static void require(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is " + value + ", must be " + least + " to " + most);
    }
  }
}
