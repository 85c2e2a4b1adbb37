package io.sub30.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Tier;
import io.sub30.v1.Heartbeat;
import io.sub30.v1.LaneTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;

class LaneSnapshotTest {

  private static final int TENANTS = 2_000;

  @Property(tries = 50)
  void resolve_laneRemoved_movesOnlyItsTenants(
      @ForAll @Size(min = 2, max = 12) @UniqueElements List<@IntRange(max = 255) Integer> lanes) {
    LaneSnapshot before = snapshot(table(Tier.PRO, lanes, 1));
    LaneSnapshot after = snapshot(table(Tier.PRO, lanes.subList(1, lanes.size()), 1));

    for (int i = 0; i < TENANTS; i++) {
      int was = before.resolve("tenant-" + i, Tier.PRO);
      int is = after.resolve("tenant-" + i, Tier.PRO);
      if (was == lanes.get(0)) {
        assertThat(is).isNotEqualTo(was).isIn(lanes);
      } else {
        assertThat(is).isEqualTo(was);
      }
    }
  }

  @Property(tries = 50)
  void resolve_orderOfTheTable_doesNotMatter(
      @ForAll @Size(min = 1, max = 12) @UniqueElements List<@IntRange(max = 255) Integer> lanes,
      @ForAll String tenant) {
    List<Integer> reversed = new ArrayList<>(lanes);
    Collections.reverse(reversed);

    assertThat(snapshot(table(Tier.FREE, lanes, 1)).resolve(tenant, Tier.FREE))
        .isEqualTo(snapshot(table(Tier.FREE, reversed, 1)).resolve(tenant, Tier.FREE))
        .isIn(lanes);
  }

  @Test
  void resolve_weights_areRespected() {
    List<Heartbeat> entries = new ArrayList<>();
    double[] weights = {1, 2, 5};
    for (int lane = 0; lane < weights.length; lane++) {
      entries.addAll(lane(Tier.PRO, lane, weights[lane]));
    }
    LaneSnapshot snapshot = snapshot(entries);
    int[] tenants = new int[weights.length];
    int total = 40_000;
    for (int i = 0; i < total; i++) {
      tenants[snapshot.resolve("acme-" + i, Tier.PRO)]++;
    }

    for (int lane = 0; lane < weights.length; lane++) {
      double expected = weights[lane] / 8;
      double deviation = Math.sqrt(expected * (1 - expected) / total);
      assertThat((double) tenants[lane] / total)
          .as("share of lane %d", lane)
          .isBetween(expected - 4 * deviation, expected + 4 * deviation);
    }
  }

  /** The choice is where state lives: another version of the code must not move anybody. */
  @Test
  void resolve_knownTenants_liveWhereTheyAlwaysDid() {
    LaneSnapshot snapshot = snapshot(table(Tier.PRO, IntStream.range(0, 8).boxed().toList(), 1));

    assertThat(
            List.of("acme", "globex", "initech", "", "żółć").stream()
                .map(tenant -> snapshot.resolve(tenant, Tier.PRO))
                .toList())
        .isEqualTo(List.of(2, 2, 4, 2, 0));
  }

  @Test
  void resolve_again_givesTheSame() {
    LaneSnapshot snapshot = snapshot(table(Tier.PRO, List.of(0, 1, 2), 1));
    int[] first =
        IntStream.range(0, 10_000).map(i -> snapshot.resolve("t" + i, Tier.PRO)).toArray();
    int[] again =
        IntStream.range(0, 10_000).map(i -> snapshot.resolve("t" + i, Tier.PRO)).toArray();

    assertThat(again).isEqualTo(first); // more tenants than the cache has slots
  }

  @Test
  void resolve_eachTier_staysInItsPool() {
    List<Heartbeat> entries = new ArrayList<>();
    entries.addAll(lane(Tier.ENTERPRISE, 0, 1));
    entries.addAll(lane(Tier.PRO, 1, 1));
    entries.addAll(lane(Tier.FREE, 2, 1));
    LaneSnapshot snapshot = snapshot(entries);

    assertThat(snapshot.resolve("acme", Tier.ENTERPRISE)).isEqualTo(0);
    assertThat(snapshot.resolve("acme", Tier.PRO)).isEqualTo(1);
    assertThat(snapshot.resolve("acme", Tier.FREE)).isEqualTo(2);
  }

  @Test
  void resolve_poolWithoutLanes_fallsToTheNearestLowerThenHigher() {
    Map<Tier, Integer> lanes = Map.of(Tier.FREE, 0, Tier.ENTERPRISE, 2);
    List<Heartbeat> entries = new ArrayList<>();
    lanes.forEach((pool, lane) -> entries.addAll(lane(pool, lane, 1)));

    assertThat(snapshot(entries).resolve("acme", Tier.PRO)).isEqualTo(0);
    assertThat(snapshot(lane(Tier.ENTERPRISE, 2, 1)).resolve("acme", Tier.FREE)).isEqualTo(2);
    assertThat(snapshot(lane(Tier.FREE, 0, 1)).resolve("acme", Tier.ENTERPRISE)).isEqualTo(0);
  }

  @Test
  void resolve_incompleteLane_isNotChosen() {
    for (String missing : LaneSnapshot.PATH) {
      List<Heartbeat> entries = new ArrayList<>(lane(Tier.PRO, 0, 1));
      entries.removeIf(entry -> entry.getComponent().equals(missing));
      assertThat(snapshot(entries).resolve("acme", Tier.PRO))
          .as("without %s", missing)
          .isEqualTo(-1);

      entries.addAll(lane(Tier.PRO, 1, 1));
      assertThat(snapshot(entries).resolve("acme", Tier.PRO)).isEqualTo(1);
    }
  }

  @Test
  void resolve_weightZero_isNotChosen() {
    List<Heartbeat> entries = new ArrayList<>(lane(Tier.PRO, 0, 0));
    assertThat(snapshot(entries).resolve("acme", Tier.PRO)).isEqualTo(-1);

    entries.addAll(lane(Tier.PRO, 1, 1e-9));
    assertThat(snapshot(entries).resolve("acme", Tier.PRO)).isEqualTo(1);
  }

  @Test
  void resolve_noLane_isMinusOne() {
    assertThat(LaneSnapshot.EMPTY.resolve("acme", Tier.FREE)).isEqualTo(-1);
  }

  private static LaneSnapshot snapshot(List<Heartbeat> entries) {
    return new LaneSnapshot(LaneTable.newBuilder().addAllEntries(entries).build());
  }

  private static List<Heartbeat> table(Tier pool, List<Integer> lanes, double weight) {
    return lanes.stream().flatMap(lane -> lane(pool, lane, weight).stream()).toList();
  }

  private static List<Heartbeat> lane(Tier pool, int lane, double weight) {
    return LaneSnapshot.PATH.stream()
        .map(component -> Heartbeats.identity(component, lane, pool))
        .map(beat -> beat.toBuilder().setWeight(weight).build())
        .toList();
  }
}
