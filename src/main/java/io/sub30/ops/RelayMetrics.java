package io.sub30.ops;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.sub30.v1.DependencyHealth;
import io.sub30.v1.Heartbeat;
import io.sub30.v1.LaneTable;
import io.sub30.v1.RelayHealth;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Shows the relay into the columnar store to Prometheus, as the hub's table has it; so a figure is
 * at most a few seconds old. Without a relay there are no figures.
 */
final class RelayMetrics implements MultiCollector {

  static final String LAG = "sub30_relay_lag_seconds";
  static final String ROWS_BEHIND = "sub30_relay_rows_behind";
  static final String SET_ASIDE = "sub30_relay_set_aside_batches";
  static final String BATCHES = "sub30_relay_batches";
  static final String TICKS = "sub30_relay_ticks";
  static final String FAILURES = "sub30_relay_failures";

  private final Supplier<LaneTable> table;
  private final Set<Integer> lanes;

  /**
   * @param lanes those of this process; other processes show their own
   */
  RelayMetrics(Supplier<LaneTable> table, Set<Integer> lanes) {
    this.table = table;
    this.lanes = lanes;
  }

  @Override
  public MetricSnapshots collect() {
    return relay().map(RelayMetrics::snapshots).orElseGet(MetricSnapshots::new);
  }

  @Override
  public List<String> getPrometheusNames() {
    return List.of(LAG, ROWS_BEHIND, SET_ASIDE, BATCHES, TICKS, FAILURES);
  }

  /** All lanes of a process report its one relay. */
  private Optional<RelayHealth> relay() {
    for (Heartbeat entry : table.get().getEntriesList()) {
      if (lanes.contains(entry.getLane())) {
        for (DependencyHealth health : entry.getDependenciesList()) {
          if (health.hasRelay()) {
            return Optional.of(health.getRelay());
          }
        }
      }
    }
    return Optional.empty();
  }

  private static MetricSnapshots snapshots(RelayHealth relay) {
    return new MetricSnapshots(
        gauge(LAG, "Age of the oldest batch not yet relayed.", relay.getLagMillis() / 1e3),
        gauge(ROWS_BEHIND, "Batches not yet relayed, 2,001 at most.", relay.getRowsBehind()),
        gauge(SET_ASIDE, "Batches that cannot be relayed, with reasons.", relay.getSetAside()),
        counter(BATCHES, "Batches relayed.", relay.getBatches()),
        counter(TICKS, "Ticks relayed.", relay.getTicks()),
        counter(FAILURES, "Attempts to relay that failed.", relay.getFailures()));
  }

  private static MetricSnapshot gauge(String name, String help, double value) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
        .build();
  }

  private static MetricSnapshot counter(String name, String help, long count) {
    return CounterSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(CounterDataPointSnapshot.builder().value(count).build())
        .build();
  }
}
