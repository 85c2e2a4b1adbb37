package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WastedTimeTest {

  private final WastedTime wasted = new WastedTime(9);

  @Test
  void add_someHops_areSummedByHopAndTenant() {
    wasted.add(4, "acme", 5);
    wasted.add(4, "other", 20);
    wasted.add(5, "acme", 7);
    wasted.add(5, "acme", -1); // a clock that went back

    assertThat(wasted.nanos(4)).isEqualTo(25);
    assertThat(wasted.count(5)).isEqualTo(2);
    assertThat(wasted.nanos(5)).isEqualTo(7);
    assertThat(wasted.nanos(0)).isZero();
    assertThat(wasted.worst(10))
        .containsExactly(new WastedTime.OfTenant("other", 20), new WastedTime.OfTenant("acme", 12));
    assertThat(wasted.worst(1)).hasSize(1);
  }

  @Test
  void add_moreTenantsThanTheBound_shareOneEntry() {
    for (int i = 0; i < WastedTime.MAX_TENANTS + 500; i++) {
      wasted.add(0, "tenant-" + i, 1);
    }
    assertThat(wasted.worst(Integer.MAX_VALUE)).hasSize(WastedTime.MAX_TENANTS + 1);
    assertThat(wasted.worst(1)).containsExactly(new WastedTime.OfTenant(WastedTime.OTHERS, 500));
    wasted.add(0, "tenant-0", 600);
    assertThat(wasted.worst(1)).containsExactly(new WastedTime.OfTenant("tenant-0", 601));
  }
}
