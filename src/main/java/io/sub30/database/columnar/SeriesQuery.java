package io.sub30.database.columnar;

/**
 * Which part of a terminal's history to read.
 *
 * @param tenant whose history; nothing of another tenant is ever read
 * @param terminal of that tenant
 * @param symbol canonical name
 * @param fromMsc first tick time, UTC milliseconds, inclusive
 * @param toMsc last tick time, UTC milliseconds, exclusive
 * @param limit rows returned at most, 1 to {@value #MAX_LIMIT}
 */
public record SeriesQuery(
    String tenant, String terminal, String symbol, long fromMsc, long toMsc, int limit) {

  /** Rows one answer may hold. */
  public static final int MAX_LIMIT = 10_000;

  public SeriesQuery {
    if (tenant.isEmpty() || terminal.isEmpty() || symbol.isEmpty()) {
      throw new IllegalArgumentException("tenant, terminal and symbol must be named");
    }
    if (fromMsc > toMsc) {
      throw new IllegalArgumentException("from " + fromMsc + " is after to " + toMsc);
    }
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("limit " + limit + " is not within 1 to " + MAX_LIMIT);
    }
  }
}
