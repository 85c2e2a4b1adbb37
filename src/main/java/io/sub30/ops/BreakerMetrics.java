package io.sub30.ops;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.sub30.v1.BreakerHealth;
import io.sub30.v1.DependencyHealth;
import io.sub30.v1.Heartbeat;
import io.sub30.v1.LaneTable;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Shows the circuit breakers of this process's lanes to Prometheus, as the hub's table has them; so
 * a figure is at most a few seconds old.
 */
final class BreakerMetrics implements MultiCollector {

  static final String STATE = "sub30_breaker_state";
  static final String FAILURE_RATIO = "sub30_breaker_failure_ratio";
  static final String SLOW_RATIO = "sub30_breaker_slow_ratio";
  static final String OPENED = "sub30_breaker_opened";
  static final String CALLS = "sub30_breaker_calls";
  static final String SLOW_CALLS = "sub30_breaker_slow_calls";

  private final Supplier<LaneTable> table;
  private final Set<Integer> lanes;

  /**
   * @param lanes those of this process; other processes show their own
   */
  BreakerMetrics(Supplier<LaneTable> table, Set<Integer> lanes) {
    this.table = table;
    this.lanes = lanes;
  }

  /** How health and the hub's table spell a state. */
  static String label(BreakerHealth.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public MetricSnapshots collect() {
    Series series = new Series();
    Set<Labels> seen = new HashSet<>();
    for (Heartbeat entry : table.get().getEntriesList()) {
      if (!lanes.contains(entry.getLane())) {
        continue;
      }
      for (DependencyHealth health : entry.getDependenciesList()) {
        Labels labels =
            Labels.of("dependency", health.getName(), "lane", Integer.toString(entry.getLane()));
        // A label set may occur once; should two components ever report one, the first is shown.
        if (health.hasBreaker() && seen.add(labels)) {
          series.add(labels, health.getBreaker());
        }
      }
    }
    return series.build();
  }

  @Override
  public List<String> getPrometheusNames() {
    return List.of(STATE, FAILURE_RATIO, SLOW_RATIO, OPENED, CALLS, SLOW_CALLS);
  }

  /** One snapshot of each metric while it is filled. */
  private static final class Series {
    private final GaugeSnapshot.Builder states =
        gauges(STATE, "Circuit breaker before a dependency: 0 closed, 1 half open, 2 open.");
    private final GaugeSnapshot.Builder failureRatios =
        gauges(FAILURE_RATIO, "Share of the window's calls to a dependency that failed.");
    private final GaugeSnapshot.Builder slowRatios =
        gauges(SLOW_RATIO, "Share of the window's calls to a dependency that were slow.");
    private final CounterSnapshot.Builder openings =
        counters(OPENED, "How often a circuit breaker left the closed state.");
    private final CounterSnapshot.Builder calls =
        counters(CALLS, "Calls to a dependency: answered, failed, or refused by the open breaker.");
    private final CounterSnapshot.Builder slowCalls =
        counters(SLOW_CALLS, "Calls to a dependency that took its slow limit or more.");

    void add(Labels labels, BreakerHealth breaker) {
      states.dataPoint(gauge(labels, level(breaker.getState())));
      failureRatios.dataPoint(gauge(labels, breaker.getFailureRate()));
      slowRatios.dataPoint(gauge(labels, breaker.getSlowRate()));
      openings.dataPoint(counter(labels, breaker.getOpened()));
      slowCalls.dataPoint(counter(labels, breaker.getSlow()));
      long answered = breaker.getCalls() - breaker.getFailures();
      calls.dataPoint(counter(outcome(labels, "answered"), answered));
      calls.dataPoint(counter(outcome(labels, "failed"), breaker.getFailures()));
      calls.dataPoint(counter(outcome(labels, "refused"), breaker.getRefused()));
    }

    MetricSnapshots build() {
      return new MetricSnapshots(
          states.build(),
          failureRatios.build(),
          slowRatios.build(),
          openings.build(),
          calls.build(),
          slowCalls.build());
    }

    private static GaugeSnapshot.Builder gauges(String name, String help) {
      return GaugeSnapshot.builder().name(name).help(help);
    }

    private static CounterSnapshot.Builder counters(String name, String help) {
      return CounterSnapshot.builder().name(name).help(help);
    }

    private static Labels outcome(Labels labels, String outcome) {
      return labels.merge(Labels.of("outcome", outcome));
    }

    private static int level(BreakerHealth.State state) {
      return switch (state) {
        case HALF_OPEN -> 1;
        case OPEN -> 2;
        default -> 0;
      };
    }

    private static GaugeDataPointSnapshot gauge(Labels labels, double value) {
      return GaugeDataPointSnapshot.builder().value(value).labels(labels).build();
    }

    private static CounterDataPointSnapshot counter(Labels labels, long count) {
      return CounterDataPointSnapshot.builder().value(count).labels(labels).build();
    }
  }
}
