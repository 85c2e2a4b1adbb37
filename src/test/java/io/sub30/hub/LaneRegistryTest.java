package io.sub30.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.budget.FakeNanoClock;
import io.sub30.v1.DependencyHealth;
import io.sub30.v1.Heartbeat;
import org.junit.jupiter.api.Test;

class LaneRegistryTest {

  private final FakeNanoClock clock = new FakeNanoClock(Long.MAX_VALUE - 1_000_000_000L);
  private final LaneRegistry registry = new LaneRegistry(clock);

  @Test
  void heard_newEntry_changesTheTable() {
    assertThat(registry.heard(beat("gateway", 0).build())).isTrue();
    assertThat(registry.heard(beat("gateway", 1).build())).isTrue();
    assertThat(registry.heard(beat("ml", 0).build())).isTrue();

    assertThat(registry.table().getRevision()).isEqualTo(3);
    assertThat(registry.table().getEntriesList())
        .extracting(entry -> entry.getLane() + " " + entry.getComponent())
        .containsExactly("0 gateway", "0 ml", "1 gateway");
  }

  @Test
  void heard_sameAgain_changesNothing() {
    registry.heard(beat("gateway", 0).build());

    assertThat(registry.heard(beat("gateway", 0).build())).isFalse();
    assertThat(registry.table().getRevision()).isEqualTo(1);
  }

  @Test
  void heard_otherDetail_isKeptWithoutANewRevision() {
    registry.heard(beat("database", 0).addDependencies(postgres(true, "0.4 ms")).build());

    assertThat(
            registry.heard(beat("database", 0).addDependencies(postgres(true, "0.5 ms")).build()))
        .isFalse();
    assertThat(registry.table().getRevision()).isEqualTo(1);
    assertThat(registry.table().getEntries(0).getDependencies(0).getDetail()).isEqualTo("0.5 ms");
  }

  @Test
  void heard_dependencyDown_changesTheTable() {
    registry.heard(beat("database", 0).addDependencies(postgres(true, "")).build());

    assertThat(registry.heard(beat("database", 0).addDependencies(postgres(false, "")).build()))
        .isTrue();
    assertThat(registry.table().getRevision()).isEqualTo(2);
  }

  @Test
  void heard_otherWeight_changesTheTable() {
    registry.heard(beat("gateway", 0).build());

    assertThat(registry.heard(beat("gateway", 0).setWeight(0).build())).isTrue();
  }

  @Test
  void expire_atTheLimit_keepsTheEntry() {
    registry.heard(beat("gateway", 0).build());
    clock.advanceNanos(LaneRegistry.EXPIRY_NANOS);

    assertThat(registry.expire()).isFalse();
    assertThat(registry.table().getEntriesCount()).isEqualTo(1);
  }

  @Test
  void expire_pastTheLimit_removesOnlyTheSilent() {
    registry.heard(beat("gateway", 0).build());
    clock.advanceNanos(1);
    registry.heard(beat("gateway", 1).build());
    clock.advanceNanos(LaneRegistry.EXPIRY_NANOS);

    assertThat(registry.expire()).isTrue();
    assertThat(registry.table().getEntriesList()).extracting(Heartbeat::getLane).containsExactly(1);
    assertThat(registry.table().getRevision()).isEqualTo(3);
    assertThat(registry.expire()).isFalse();
  }

  @Test
  void heard_laneOfALivingNode_isRefused() {
    registry.heard(beat("gateway", 0).build());

    assertThatThrownBy(() -> registry.heard(beat("gateway", 0).setNode("b").build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("held by node a");
    assertThat(registry.table().getEntries(0).getNode()).isEqualTo("a");
  }

  @Test
  void heard_laneOfASilentNode_isTakenOver() {
    registry.heard(beat("gateway", 0).build());
    clock.advanceNanos(LaneRegistry.EXPIRY_NANOS + 1);

    assertThat(registry.heard(beat("gateway", 0).setNode("b").build())).isTrue();
    assertThat(registry.table().getEntries(0).getNode()).isEqualTo("b");
  }

  @Test
  void heard_nonsense_isRefusedAndNotKept() {
    refuses(beat("", 0), "must name its node and component");
    refuses(beat("gateway", -1), "a lane of 0 or more");
    refuses(beat("gateway", 0).setNode(""), "must name its node");
    refuses(beat("gateway", 0).setPool("gold"), "'gold', which is no tier");
    refuses(beat("gateway", 0).setWeight(-1), "weight -1.0");
    refuses(beat("gateway", 0).setWeight(Double.NaN), "weight NaN");
    refuses(beat("gateway", 0).setWeight(Double.POSITIVE_INFINITY), "weight Infinity");

    assertThat(registry.table().getEntriesCount()).isZero();
    assertThat(registry.table().getRevision()).isZero();
  }

  @Test
  void heard_oneMoreThanTheMaximum_isRefused() {
    for (int lane = 0; lane < LaneRegistry.MAX_ENTRIES; lane++) {
      registry.heard(beat("gateway", lane).build());
    }

    refuses(beat("gateway", LaneRegistry.MAX_ENTRIES), "one more than the 4096");
    assertThat(registry.heard(beat("gateway", 0).build())).isFalse();
  }

  private void refuses(Heartbeat.Builder beat, String why) {
    assertThatThrownBy(() -> registry.heard(beat.build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  private static Heartbeat.Builder beat(String component, int lane) {
    return Heartbeat.newBuilder()
        .setNode("a")
        .setComponent(component)
        .setLane(lane)
        .setPool("pro")
        .setWeight(1)
        .setVersion("1");
  }

  private static DependencyHealth postgres(boolean up, String detail) {
    return DependencyHealth.newBuilder()
        .setName("postgres")
        .setUp(up)
        .setRequired(true)
        .setDetail(detail)
        .build();
  }
}
