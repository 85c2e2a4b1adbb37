package io.sub30.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.FakeNanoClock;
import io.sub30.v1.BreakerHealth;
import io.sub30.v1.DependencyHealth;
import io.sub30.v1.Heartbeat;
import io.sub30.v1.LaneTable;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HealthChecksTest {

  private final FakeNanoClock clock = new FakeNanoClock(Long.MAX_VALUE - 1_000);
  private final ReadyState state = new ReadyState();
  private final LaneView lanes = new LaneView(clock);
  private final HealthChecks checks =
      new HealthChecks(
          new OpsSettings("127.0.0.1", 0, Set.of("gateway", "database"), Set.of(0, 1)),
          state,
          lanes);

  @Test
  void live_anyPhase_isUp() {
    assertThat(checks.live().up()).isTrue();
    state.stopping();
    assertThat(checks.live().body().encode())
        .isEqualTo(
            "{\"status\":\"UP\",\"checks\":[{\"name\":\"process\",\"status\":\"UP\","
                + "\"data\":{\"phase\":\"stopping\"}}]}");
  }

  @Test
  void started_onlyOnceDeployed() {
    assertThat(checks.started().up()).isFalse();
    assertThat(checks.started().body().getString("status")).isEqualTo("DOWN");
    state.deployed();
    assertThat(checks.started().up()).isTrue();
    state.stopping();
    assertThat(checks.started().up()).isTrue();
  }

  @Test
  void ready_everythingThere_isUp() {
    warm();
    lanes.heard(table(complete()));

    HealthChecks.Health ready = checks.ready();
    assertThat(ready.up()).as(ready.body().encodePrettily()).isTrue();
    assertThat(names(ready))
        .containsExactly("warm_up", "central_hub", "database", "gateway", "postgres", "redis");
    assertThat(check(ready, "gateway").getJsonObject("data").encode())
        .isEqualTo("{\"lanes\":2,\"lanes_up\":2}");
    assertThat(check(ready, "postgres").getJsonObject("data").getInteger("reports")).isEqualTo(2);
  }

  @Test
  void ready_beforeAndAfterReady_isDown() {
    lanes.heard(table(complete()));
    assertThat(checks.ready().up()).isFalse();
    state.deployed();
    assertThat(checks.ready().up()).isFalse();
    assertThat(status(checks.ready(), "warm_up")).isEqualTo("DOWN");
    state.warmedUp();
    assertThat(checks.ready().up()).isTrue();
    state.stopping();
    assertThat(checks.ready().up()).isFalse();
  }

  @Test
  void ready_noTableYet_isDown() {
    warm();

    HealthChecks.Health ready = checks.ready();
    assertThat(ready.up()).isFalse();
    assertThat(check(ready, "central_hub").getJsonObject("data").getLong("table_age_ms"))
        .isEqualTo(-1);
    assertThat(status(ready, "gateway")).isEqualTo("DOWN");
  }

  @Test
  void ready_silentHub_isDownPastTheLimit() {
    warm();
    lanes.heard(table(complete()));
    clock.advanceNanos(HealthChecks.TABLE_MAX_AGE_NANOS);
    assertThat(checks.ready().up()).isTrue();
    clock.advanceNanos(1);

    assertThat(checks.ready().up()).isFalse();
    assertThat(status(checks.ready(), "central_hub")).isEqualTo("DOWN");
  }

  @Test
  void ready_componentMissingOnALane_isDownAndSaysWhere() {
    warm();
    List<Heartbeat> entries = new ArrayList<>(complete());
    entries.removeIf(beat -> beat.getLane() == 1 && beat.getComponent().equals("gateway"));
    lanes.heard(table(entries));

    HealthChecks.Health ready = checks.ready();
    assertThat(ready.up()).isFalse();
    assertThat(check(ready, "gateway").getJsonObject("data").getString("missing_on"))
        .isEqualTo("[1]");
    assertThat(status(ready, "database")).isEqualTo("UP");
  }

  @Test
  void ready_requiredDependencyDownOnOneLane_isDown() {
    warm();
    lanes.heard(table(complete(beat(1, "database", dependency("postgres", false, true)))));

    HealthChecks.Health ready = checks.ready();
    assertThat(ready.up()).isFalse();
    assertThat(status(ready, "postgres")).isEqualTo("DOWN");
    JsonObject data = check(ready, "postgres").getJsonObject("data");
    assertThat(data.getInteger("reports_up")).isEqualTo(1);
    assertThat(data.getString("detail")).isEqualTo("postgres is away");
  }

  @Test
  void ready_otherDependencyDown_isShownButUp() {
    warm();
    lanes.heard(table(complete(beat(1, "database", dependency("redis", false, false)))));

    HealthChecks.Health ready = checks.ready();
    assertThat(ready.up()).isTrue();
    assertThat(status(ready, "redis")).isEqualTo("UP");
    JsonObject data = check(ready, "redis").getJsonObject("data");
    assertThat(data.getBoolean("available")).isFalse();
    assertThat(data.getBoolean("required")).isFalse();
  }

  @Test
  void ready_breakers_areShownAtTheirWorstAndAddUp() {
    warm();
    DependencyHealth open =
        dependency("redis", false, false).toBuilder()
            .setBreaker(breaker(BreakerHealth.State.OPEN, 0.75, 0))
            .build();
    DependencyHealth closed =
        dependency("redis", true, false).toBuilder()
            .setBreaker(breaker(BreakerHealth.State.CLOSED, 0, 0.25))
            .build();
    lanes.heard(table(complete(beat(0, "database", closed), beat(1, "database", open))));

    HealthChecks.Health ready = checks.ready();
    assertThat(ready.up()).isTrue();
    JsonObject data = check(ready, "redis").getJsonObject("data");
    assertThat(data.getString("breaker")).isEqualTo("open");
    assertThat(data.getDouble("breaker_failure_rate")).isEqualTo(0.75);
    assertThat(data.getDouble("breaker_slow_rate")).isEqualTo(0.25);
    assertThat(data.getLong("breaker_opened")).isEqualTo(4);
    JsonObject shown =
        lanes.toJson().getJsonArray("lanes").getJsonObject(1).getJsonArray("components").stream()
            .map(JsonObject.class::cast)
            .filter(component -> component.getString("component").equals("database"))
            .findFirst()
            .orElseThrow()
            .getJsonArray("dependencies")
            .getJsonObject(0);
    assertThat(shown.getJsonObject("breaker").getString("state")).isEqualTo("open");
    assertThat(shown.getJsonObject("breaker").getLong("opened")).isEqualTo(2);
  }

  @Test
  void ready_noBreaker_isNotSpokenOf() {
    warm();
    lanes.heard(table(complete()));
    assertThat(check(checks.ready(), "redis").getJsonObject("data").fieldNames())
        .noneMatch(field -> field.startsWith("breaker"));
  }

  private static BreakerHealth breaker(
      BreakerHealth.State state, double failureRate, double slowRate) {
    return BreakerHealth.newBuilder()
        .setState(state)
        .setFailureRate(failureRate)
        .setSlowRate(slowRate)
        .setOpened(2)
        .build();
  }

  @Test
  void ready_troubleOnALaneOfAnotherNode_isNotOurs() {
    warm();
    lanes.heard(table(complete(beat(7, "database", dependency("postgres", false, true)))));

    assertThat(checks.ready().up()).isTrue();
  }

  private void warm() {
    state.deployed();
    state.warmedUp();
  }

  /** Both components on both lanes; {@code instead} replaces what it stands for. */
  private static List<Heartbeat> complete(Heartbeat... instead) {
    List<Heartbeat> entries = new ArrayList<>(List.of(instead));
    for (int lane = 0; lane <= 1; lane++) {
      int at = lane;
      for (Heartbeat beat :
          List.of(
              beat(lane, "gateway"),
              beat(
                  lane,
                  "database",
                  dependency("postgres", true, true),
                  dependency("redis", true, false)))) {
        if (entries.stream()
            .noneMatch(
                entry ->
                    entry.getLane() == at && entry.getComponent().equals(beat.getComponent()))) {
          entries.add(beat);
        }
      }
    }
    return entries;
  }

  private static LaneTable table(List<Heartbeat> entries) {
    return LaneTable.newBuilder().setRevision(3).addAllEntries(entries).build();
  }

  private static Heartbeat beat(int lane, String component, DependencyHealth... dependencies) {
    return Heartbeat.newBuilder()
        .setLane(lane)
        .setComponent(component)
        .addAllDependencies(List.of(dependencies))
        .build();
  }

  private static DependencyHealth dependency(String name, boolean up, boolean required) {
    return DependencyHealth.newBuilder()
        .setName(name)
        .setUp(up)
        .setRequired(required)
        .setDetail(up ? "" : name + " is away")
        .build();
  }

  private static List<String> names(HealthChecks.Health health) {
    return health.body().getJsonArray("checks").stream()
        .map(check -> ((JsonObject) check).getString("name"))
        .toList();
  }

  private static JsonObject check(HealthChecks.Health health, String name) {
    return health.body().getJsonArray("checks").stream()
        .map(JsonObject.class::cast)
        .filter(check -> check.getString("name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static String status(HealthChecks.Health health, String name) {
    return check(health, name).getString("status");
  }
}
