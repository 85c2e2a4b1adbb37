package io.sub30.ops;

import io.sub30.budget.NanoClock;
import io.sub30.v1.BreakerHealth;
import io.sub30.v1.DependencyHealth;
import io.sub30.v1.Heartbeat;
import io.sub30.v1.LaneTable;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/** The hub's table as it was last heard, and when that was. One thread. */
final class LaneView {

  private final NanoClock clock;
  private LaneTable table = LaneTable.getDefaultInstance();
  private boolean there;
  private long heardNanos;

  LaneView(NanoClock clock) {
    this.clock = clock;
  }

  void heard(LaneTable newer) {
    table = newer;
    there = true;
    heardNanos = clock.nanoTime();
  }

  LaneTable table() {
    return table;
  }

  /** Whether any table has been heard. */
  boolean isThere() {
    return there;
  }

  /** Nanoseconds since the table was heard; endless when none was. */
  long ageNanos() {
    return there ? clock.nanoTime() - heardNanos : Long.MAX_VALUE;
  }

  /** What {@code /hub} answers: lanes in order, each with its components. */
  JsonObject toJson() {
    Map<Integer, JsonObject> lanes = new TreeMap<>();
    for (Heartbeat entry : table.getEntriesList()) {
      lanes
          .computeIfAbsent(
              entry.getLane(),
              lane ->
                  new JsonObject()
                      .put("lane", lane)
                      .put("node", entry.getNode())
                      .put("pool", entry.getPool())
                      .put("weight", entry.getWeight())
                      .put("components", new JsonArray()))
          .getJsonArray("components")
          .add(component(entry));
    }
    JsonArray items = new JsonArray();
    lanes.values().forEach(items::add);
    return new JsonObject()
        .put("revision", table.getRevision())
        .put("age_ms", there ? ageNanos() / 1_000_000 : -1)
        .put("lanes", items);
  }

  private static JsonObject component(Heartbeat entry) {
    JsonArray dependencies = new JsonArray();
    entry.getDependenciesList().forEach(health -> dependencies.add(dependency(health)));
    return new JsonObject()
        .put("component", entry.getComponent())
        .put("version", entry.getVersion())
        .put("dependencies", dependencies);
  }

  private static JsonObject dependency(DependencyHealth health) {
    JsonObject json =
        new JsonObject()
            .put("name", health.getName())
            .put("up", health.getUp())
            .put("required", health.getRequired())
            .put("detail", health.getDetail());
    if (health.hasBreaker()) {
      BreakerHealth breaker = health.getBreaker();
      json.put(
          "breaker",
          new JsonObject()
              .put("state", BreakerMetrics.label(breaker.getState()))
              .put("failure_rate", breaker.getFailureRate())
              .put("slow_rate", breaker.getSlowRate())
              .put("opened", breaker.getOpened())
              .put("calls", breaker.getCalls())
              .put("failures", breaker.getFailures())
              .put("slow", breaker.getSlow())
              .put("refused", breaker.getRefused())
              .put("last_cause", breaker.getLastCause()));
    }
    return json;
  }
}
