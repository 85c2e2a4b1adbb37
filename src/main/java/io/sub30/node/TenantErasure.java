package io.sub30.node;

import io.sub30.config.Sub30Config;
import io.sub30.database.Erasure;
import java.util.List;
import java.util.function.Consumer;

/**
 * Removes a tenant from the stores of one data folder, or from those that are configured. Servers
 * under the folder are started for it and stopped again. Blocking; for the main thread.
 */
public final class TenantErasure implements AutoCloseable {

  private final Servers servers;
  private final Erasure stores;

  private TenantErasure(Servers servers, Erasure stores) {
    this.servers = servers;
    this.stores = stores;
  }

  /**
   * Opens the stores.
   *
   * @param folder locked by the caller, so that no server works on it
   * @param progress told in one line what takes long
   * @throws io.sub30.config.ConfigException when a store cannot be used
   */
  public static TenantErasure open(
      Sub30Config config, DataFolder folder, Consumer<String> progress) {
    Servers servers = Servers.start(config.database(), folder, progress);
    try {
      return new TenantErasure(
          servers,
          Erasure.open(
              servers.postgres(),
              servers.redis(),
              folder.columnar().resolve("ticks.duckdb"),
              config.database().columnar()));
    } catch (RuntimeException e) {
      servers.close();
      throw e;
    }
  }

  /** What is there of a tenant. */
  public List<Erasure.Line> held(String tenant) {
    return stores.held(tenant);
  }

  /** Removes a tenant, and says what was removed. */
  public List<Erasure.Line> erase(String tenant) {
    return stores.erase(tenant);
  }

  @Override
  public void close() {
    try {
      stores.close();
    } finally {
      servers.close();
    }
  }
}
