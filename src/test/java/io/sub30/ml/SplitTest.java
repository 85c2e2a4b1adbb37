package io.sub30.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class SplitTest {

  @Property(edgeCases = EdgeCasesMode.NONE)
  void part_anyTwoSamples_labelsAndFeaturesNeverCrossABoundary(
      @ForAll @LongRange(min = 0, max = 10_000) long one,
      @ForAll @LongRange(min = 0, max = 10_000) long other,
      @ForAll @LongRange(min = 0, max = 10_000) long calibration,
      @ForAll @LongRange(min = 0, max = 5_000) long between,
      @ForAll @LongRange(min = 0, max = 500) long purge,
      @ForAll @LongRange(min = 0, max = 500) long embargo) {
    Split split = new Split(calibration, calibration + between, purge, embargo);
    Split.Part first = split.part(one);
    Split.Part second = split.part(other);
    if (first == Split.Part.NEITHER
        || second == Split.Part.NEITHER
        || first.compareTo(second) >= 0) {
      return;
    }
    // What the earlier sample's label saw is over before what the later one's features remember.
    assertThat(one + purge).isLessThan(other - embargo);
  }

  @Example
  void part_atTheBoundaries_exact() {
    Split split = new Split(1_000, 2_000, 60, 100);
    assertThat(split.part(939)).isEqualTo(Split.Part.TRAIN);
    assertThat(split.part(940)).isEqualTo(Split.Part.NEITHER);
    assertThat(split.part(1_099)).isEqualTo(Split.Part.NEITHER);
    assertThat(split.part(1_100)).isEqualTo(Split.Part.CALIBRATION);
    assertThat(split.part(1_939)).isEqualTo(Split.Part.CALIBRATION);
    assertThat(split.part(1_940)).isEqualTo(Split.Part.NEITHER);
    assertThat(split.part(2_099)).isEqualTo(Split.Part.NEITHER);
    assertThat(split.part(2_100)).isEqualTo(Split.Part.TEST);
  }

  @Example
  void split_testBeforeCalibration_refused() {
    assertThatThrownBy(() -> new Split(2, 1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
