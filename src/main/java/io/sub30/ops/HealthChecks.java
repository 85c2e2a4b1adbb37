package io.sub30.ops;

import io.sub30.ops.ReadyState.Phase;
import io.sub30.v1.BreakerHealth;
import io.sub30.v1.DependencyHealth;
import io.sub30.v1.Heartbeat;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The three questions of MicroProfile Health, answered from the phase of the process and the table
 * of lanes. A dependency is up when every lane that has it says so; one that is not required is
 * shown, but never makes the process unready.
 */
final class HealthChecks {

  /** The hub repeats its table every 2 s: two may be lost before it counts as silent. */
  static final long TABLE_MAX_AGE_NANOS = 6_500_000_000L;

  private final OpsSettings settings;
  private final ReadyState ready;
  private final LaneView lanes;

  HealthChecks(OpsSettings settings, ReadyState ready, LaneView lanes) {
    this.settings = settings;
    this.ready = ready;
    this.lanes = lanes;
  }

  /**
   * An answer: UP when every check is.
   *
   * @param up the conjunction
   * @param body as MicroProfile Health prescribes
   */
  record Health(boolean up, JsonObject body) {
    static Health of(List<Check> checks) {
      boolean up = checks.stream().allMatch(Check::up);
      JsonArray items = new JsonArray();
      checks.forEach(check -> items.add(check.toJson()));
      return new Health(up, new JsonObject().put("status", status(up)).put("checks", items));
    }
  }

  private record Check(String name, boolean up, JsonObject data) {
    JsonObject toJson() {
      return new JsonObject().put("name", name).put("status", status(up)).put("data", data);
    }
  }

  /** Whether the process answers at all. */
  Health live() {
    return Health.of(List.of(new Check("process", true, phase())));
  }

  /** Whether everything was deployed. */
  Health started() {
    return Health.of(List.of(new Check("deployments", ready.phase() != Phase.STARTING, phase())));
  }

  /** Whether requests may come. */
  Health ready() {
    List<Check> checks = new ArrayList<>();
    checks.add(new Check("warm_up", ready.phase() == Phase.READY, phase()));
    long ageNanos = lanes.ageNanos();
    checks.add(
        new Check(
            "central_hub",
            ageNanos <= TABLE_MAX_AGE_NANOS,
            new JsonObject()
                .put("revision", lanes.table().getRevision())
                .put("table_age_ms", lanes.isThere() ? ageNanos / 1_000_000 : -1)));
    addComponents(checks);
    addDependencies(checks);
    return Health.of(checks);
  }

  private void addComponents(List<Check> checks) {
    Map<String, Set<Integer>> present = new TreeMap<>();
    for (Heartbeat entry : lanes.table().getEntriesList()) {
      if (settings.lanes().contains(entry.getLane())) {
        present.computeIfAbsent(entry.getComponent(), c -> new TreeSet<>()).add(entry.getLane());
      }
    }
    for (String component : new TreeSet<>(settings.components())) {
      Set<Integer> missing = new TreeSet<>(settings.lanes());
      missing.removeAll(present.getOrDefault(component, Set.of()));
      JsonObject data =
          new JsonObject()
              .put("lanes", settings.lanes().size())
              .put("lanes_up", settings.lanes().size() - missing.size());
      if (!missing.isEmpty()) {
        data.put("missing_on", missing.toString());
      }
      checks.add(new Check(component, missing.isEmpty(), data));
    }
  }

  private void addDependencies(List<Check> checks) {
    Map<String, List<DependencyHealth>> byName = new TreeMap<>();
    for (Heartbeat entry : lanes.table().getEntriesList()) {
      if (settings.lanes().contains(entry.getLane())) {
        for (DependencyHealth health : entry.getDependenciesList()) {
          byName.computeIfAbsent(health.getName(), name -> new ArrayList<>()).add(health);
        }
      }
    }
    byName.forEach((name, reports) -> checks.add(dependency(name, reports)));
  }

  private static Check dependency(String name, List<DependencyHealth> reports) {
    boolean required = false;
    DependencyHealth worst = reports.get(0);
    int up = 0;
    for (DependencyHealth report : reports) {
      required |= report.getRequired();
      if (report.getUp()) {
        up++;
      } else if (worst.getUp()) {
        worst = report;
      }
    }
    JsonObject data =
        new JsonObject()
            .put("required", required)
            .put("available", up == reports.size())
            .put("reports", reports.size())
            .put("reports_up", up);
    if (!worst.getDetail().isEmpty()) {
      data.put("detail", worst.getDetail());
    }
    addBreaker(reports, data);
    addRelay(reports, data);
    return new Check(name, up == reports.size() || !required, data);
  }

  /** The breakers of all lanes in one: the worst state and rates, and all openings. */
  private static void addBreaker(List<DependencyHealth> reports, JsonObject data) {
    BreakerHealth.State state = BreakerHealth.State.STATE_UNSPECIFIED;
    double failureRate = 0;
    double slowRate = 0;
    long opened = 0;
    for (DependencyHealth report : reports) {
      if (report.hasBreaker()) {
        BreakerHealth breaker = report.getBreaker();
        state = breaker.getState().compareTo(state) > 0 ? breaker.getState() : state;
        failureRate = Math.max(failureRate, breaker.getFailureRate());
        slowRate = Math.max(slowRate, breaker.getSlowRate());
        opened += breaker.getOpened();
      }
    }
    if (state != BreakerHealth.State.STATE_UNSPECIFIED) {
      data.put("breaker", BreakerMetrics.label(state))
          .put("breaker_failure_rate", failureRate)
          .put("breaker_slow_rate", slowRate)
          .put("breaker_opened", opened);
    }
  }

  /** Lanes of one process report the same relay. */
  private static void addRelay(List<DependencyHealth> reports, JsonObject data) {
    for (DependencyHealth report : reports) {
      if (report.hasRelay()) {
        data.put("lag_ms", report.getRelay().getLagMillis())
            .put("rows_behind", report.getRelay().getRowsBehind())
            .put("set_aside", report.getRelay().getSetAside());
        return;
      }
    }
  }

  private JsonObject phase() {
    return new JsonObject().put("phase", ready.phase().name().toLowerCase(Locale.ROOT));
  }

  private static String status(boolean up) {
    return up ? "UP" : "DOWN";
  }
}
