package io.sub30.database.columnar;

/**
 * Rows of one tenant in the columnar store.
 *
 * @param ticks stored ones
 * @param bars of a minute; in ClickHouse their parts, one a batch
 * @param batches stored ones
 * @param setAside batches the store would not take
 */
public record TenantRows(long ticks, long bars, long batches, long setAside) {}
