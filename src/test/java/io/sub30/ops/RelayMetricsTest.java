package io.sub30.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sub30.v1.DependencyHealth;
import io.sub30.v1.Heartbeat;
import io.sub30.v1.LaneTable;
import io.sub30.v1.RelayHealth;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RelayMetricsTest {

  private LaneTable table = LaneTable.getDefaultInstance();

  private String scrape() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.getPrometheusRegistry().register(new RelayMetrics(() -> table, Set.of(0, 1)));
    return registry.scrape();
  }

  private static Heartbeat beat(int lane, long lagMillis) {
    return Heartbeat.newBuilder()
        .setLane(lane)
        .addDependencies(DependencyHealth.newBuilder().setName("postgres"))
        .addDependencies(
            DependencyHealth.newBuilder()
                .setName("columnar")
                .setRelay(
                    RelayHealth.newBuilder()
                        .setLagMillis(lagMillis)
                        .setRowsBehind(7)
                        .setBatches(100)
                        .setTicks(2_000)
                        .setSetAside(3)
                        .setFailures(2)))
        .build();
  }

  @Test
  void scrape_relayOfOwnLanes_isShownOnce() {
    table =
        LaneTable.newBuilder()
            .addEntries(beat(5, 9_000))
            .addEntries(beat(0, 1_500))
            .addEntries(beat(1, 1_500))
            .build();

    assertThat(scrape())
        .contains("sub30_relay_lag_seconds 1.5\n")
        .contains("sub30_relay_rows_behind 7.0\n")
        .contains("sub30_relay_set_aside_batches 3.0\n")
        .contains("sub30_relay_batches_total 100.0\n")
        .contains("sub30_relay_ticks_total 2000.0\n")
        .contains("sub30_relay_failures_total 2.0\n");
  }

  @Test
  void scrape_noRelay_hasNoFigures() {
    assertThat(scrape()).doesNotContain("sub30_relay");
  }
}
