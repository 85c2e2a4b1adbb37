package io.sub30.node;

import io.sub30.budget.BudgetReport;
import io.sub30.bus.Bus;
import io.sub30.bus.Faults;
import io.sub30.config.ConfigException;
import io.sub30.config.Sub30Config;
import io.sub30.database.BatchWriter;
import io.sub30.database.Storage;
import io.vertx.core.Vertx;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * One process put together: its servers, its lanes with one instance of every component on each,
 * the hub, and the operators' door. Blocking; started and closed by the main thread.
 */
public final class Node implements AutoCloseable {

  private final Assembly parts;
  private final Endpoint api;
  private final Endpoint ops;

  private Node(Assembly parts, Endpoint api, Endpoint ops) {
    this.parts = parts;
    this.api = api;
    this.ops = ops;
  }

  /**
   * Starts everything and returns when the path is warm.
   *
   * @param folder locked by the caller
   * @param progress told in one line what takes long
   * @throws ConfigException when something that is configured cannot be used
   */
  public static Node start(Sub30Config config, DataFolder folder, Consumer<String> progress) {
    return start(config, folder, progress, UnaryOperator.identity());
  }

  /**
   * As above, with something between the database component and the system of record.
   *
   * @param edge wraps the writer of every lane: where tests put faults that no drill has
   */
  public static Node start(
      Sub30Config config,
      DataFolder folder,
      Consumer<String> progress,
      UnaryOperator<BatchWriter> edge) {
    int apiPort = Ports.settle("http.port", config.http().host(), config.http().port(), 0);
    if (config.http().enterprisePort() > 0) {
      Ports.settle("http.enterprise_port", config.http().host(), config.http().enterprisePort(), 0);
    }
    int opsPort = Ports.settle("ops.port", config.ops().host(), config.ops().port(), apiPort);
    Sub30Config settled = config.withPorts(apiPort, opsPort);
    Assembly parts = new Assembly(settled, folder, progress, edge);
    try {
      parts.deploy();
      Endpoint api = new Endpoint(settled.http().host(), apiPort, settled.http().tls().isPresent());
      parts.warmUp(api, progress);
      return new Node(parts, api, new Endpoint(settled.ops().host(), opsPort));
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  public Endpoint api() {
    return api;
  }

  public Endpoint ops() {
    return ops;
  }

  public Storage storage() {
    return parts.storage;
  }

  public Vertx vertx() {
    return parts.vertx;
  }

  public Bus bus() {
    return parts.bus;
  }

  /** The switch for injected faults; off unless {@code faults.enabled} is true. */
  public Faults faults() {
    return parts.bus.faults();
  }

  /** What all lanes have recorded so far. */
  public BudgetReport budget() {
    BudgetReport report = new BudgetReport(parts.bus.plan());
    parts.trackers.forEach(tracker -> tracker.collect(report));
    return report;
  }

  @Override
  public void close() {
    parts.close();
  }
}
