package io.sub30.database.columnar;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The columnar store of a house where no relay runs, opened to remove a tenant from it. Blocking;
 * every call throws {@link ColumnarException}.
 */
public final class ColumnarErasure implements AutoCloseable {

  private final ColumnarStore store;

  private ColumnarErasure(ColumnarStore store) {
    this.store = store;
  }

  /**
   * Opens the store.
   *
   * @param file of DuckDB; made when it is missing
   * @param clickHouse the server to use in place of the file; null: the file
   */
  public static ColumnarErasure open(
      Path file, long memoryLimitBytes, @Nullable ClickHouseUri clickHouse) {
    return new ColumnarErasure(
        clickHouse == null
            ? DuckDbStore.open(file, memoryLimitBytes)
            : new ClickHouseStore(clickHouse));
  }

  /** What the store holds of a tenant. */
  public TenantRows held(String tenant) {
    return store.held(tenant);
  }

  /** Removes a tenant, and says what was there of it. */
  public TenantRows erase(String tenant) {
    return store.erase(tenant);
  }

  @Override
  public void close() {
    store.close();
  }
}
