package io.sub30.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sub30.v1.BreakerHealth;
import io.sub30.v1.DependencyHealth;
import io.sub30.v1.Heartbeat;
import io.sub30.v1.LaneTable;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BreakerMetricsTest {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private LaneTable table = LaneTable.getDefaultInstance();

  @BeforeEach
  void register() {
    registry.getPrometheusRegistry().register(new BreakerMetrics(() -> table, Set.of(0, 1)));
  }

  @Test
  void scrape_breakersOfOurLanes_haveAllTheirFigures() {
    table =
        LaneTable.newBuilder()
            .addEntries(beat(0, "database", postgres(BreakerHealth.State.CLOSED)))
            .addEntries(beat(1, "database", postgres(BreakerHealth.State.OPEN)))
            .addEntries(beat(7, "database", postgres(BreakerHealth.State.HALF_OPEN)))
            .build();
    assertThat(registry.scrape())
        .contains("sub30_breaker_state{dependency=\"postgres\",lane=\"0\"} 0.0")
        .contains("sub30_breaker_state{dependency=\"postgres\",lane=\"1\"} 2.0")
        .contains("sub30_breaker_failure_ratio{dependency=\"postgres\",lane=\"1\"} 0.5")
        .contains("sub30_breaker_slow_ratio{dependency=\"postgres\",lane=\"1\"} 0.25")
        .contains("sub30_breaker_opened_total{dependency=\"postgres\",lane=\"1\"} 3.0")
        .contains(
            "sub30_breaker_calls_total{dependency=\"postgres\",lane=\"1\",outcome=\"answered\"} 60")
        .contains(
            "sub30_breaker_calls_total{dependency=\"postgres\",lane=\"1\",outcome=\"failed\"} 40")
        .contains(
            "sub30_breaker_calls_total{dependency=\"postgres\",lane=\"1\",outcome=\"refused\"} 7")
        .contains("sub30_breaker_slow_calls_total{dependency=\"postgres\",lane=\"1\"} 20.0")
        .doesNotContain("lane=\"7\"");
  }

  @Test
  void scrape_halfOpen_isOne() {
    table =
        LaneTable.newBuilder()
            .addEntries(beat(0, "database", postgres(BreakerHealth.State.HALF_OPEN)))
            .build();
    assertThat(registry.scrape())
        .contains("sub30_breaker_state{dependency=\"postgres\",lane=\"0\"} 1.0");
  }

  @Test
  void scrape_oneDependencyReportedTwiceOnALane_isShownOnce() {
    table =
        LaneTable.newBuilder()
            .addEntries(beat(0, "database", postgres(BreakerHealth.State.OPEN)))
            .addEntries(beat(0, "other", postgres(BreakerHealth.State.CLOSED)))
            .build();
    assertThat(registry.scrape())
        .containsOnlyOnce("sub30_breaker_state{dependency=\"postgres\",lane=\"0\"} 2.0");
  }

  @Test
  void scrape_dependencyWithoutABreaker_isLeftOut() {
    table =
        LaneTable.newBuilder()
            .addEntries(beat(0, "ml", DependencyHealth.newBuilder().setName("model").build()))
            .build();
    assertThat(registry.scrape()).doesNotContain("dependency=\"model\"");
  }

  private static DependencyHealth postgres(BreakerHealth.State state) {
    return DependencyHealth.newBuilder()
        .setName("postgres")
        .setBreaker(
            BreakerHealth.newBuilder()
                .setState(state)
                .setFailureRate(0.5)
                .setSlowRate(0.25)
                .setOpened(3)
                .setCalls(100)
                .setFailures(40)
                .setSlow(20)
                .setRefused(7))
        .build();
  }

  private static Heartbeat beat(int lane, String component, DependencyHealth dependency) {
    return Heartbeat.newBuilder()
        .setLane(lane)
        .setComponent(component)
        .addDependencies(dependency)
        .build();
  }
}
